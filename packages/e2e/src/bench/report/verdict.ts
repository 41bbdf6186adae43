import type { BenchOptions } from '../options.ts';
import { aboveCeilings, commitCeilings, type Figures } from './ceilings.ts';

/** From here on figures say as much about the others as about the platform. */
const disturbance = 0.1;

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
  if (options.commitCeilings) {
    await commitCeilings(file, measured);
    console.log(`\nceilings written to ${file.pathname.split('/').slice(-2).join('/')}`);
  }
  if (!options.check) return;
  const failures = [...broken, ...(options.commitCeilings ? [] : await aboveCeilings(file, measured))];
  if (failures.length === 0) console.log(`\n${name}: passed`);
  else {
    const disturbed =
      others > disturbance ? `\n  others took ${(others * 100).toFixed(0)} % of the machine meanwhile: repeat it alone` : '';
    console.error(`\n${name}: FAILED\n${failures.map((failure) => `  ${failure}`).join('\n')}${disturbed}`);
    process.exitCode = 1;
  }
}
