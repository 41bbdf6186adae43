import type { BenchOptions } from '../options.ts';
import { aboveCeilings, commitCeilings, type Figures } from './ceilings.ts';

/** From here on figures say as much about the others as about the platform. */
const disturbance = 0.15;

/**
 * Ends a bench: writes ceilings or compares with them, prints what failed and sets the exit code.
 *
 * @param broken limits that were passed, a sentence each.
 * @param others share of the machine that others took meanwhile, 0 to 1.
 */
export async function conclude(
  name: string,
  options: BenchOptions,
  file: URL,
  measured: Figures,
  broken: readonly string[],
  others: number,
): Promise<void> {
  const disturbed = others > disturbance ? [`others took ${(others * 100).toFixed(0)} % of the machine meanwhile: repeat it alone`] : [];
  const writes = options.commitCeilings && disturbed.length === 0;
  if (writes) {
    await commitCeilings(file, measured);
    console.log(`\nceilings written to ${file.pathname.split('/').slice(-2).join('/')}`);
  }
  if (options.commitCeilings && !writes) {
    console.error(`\nno ceilings written: ${disturbed.join()}`);
    process.exitCode = 1;
  }
  if (!options.check) return;
  const failures = [...broken, ...(options.commitCeilings ? [] : await aboveCeilings(file, measured))];
  if (failures.length === 0) console.log(`\n${name}: passed`);
  else {
    console.error(`\n${name}: FAILED\n${[...failures, ...disturbed].map((failure) => `  ${failure}`).join('\n')}`);
    process.exitCode = 1;
  }
}
