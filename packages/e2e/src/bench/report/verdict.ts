import type { BenchOptions } from '../options.ts';
import { aboveCeilings, commitCeilings, type Figures } from './ceilings.ts';

/**
 * Ends a bench: writes ceilings or compares with them, prints what failed and sets the exit code.
 *
 * @param broken limits that were passed, a sentence each.
 */
export async function conclude(
  name: string,
  options: BenchOptions,
  file: URL,
  measured: Figures,
  broken: readonly string[],
): Promise<void> {
  if (options.commitCeilings) {
    await commitCeilings(file, measured);
    console.log(`\nceilings written to ${file.pathname.split('/').slice(-2).join('/')}`);
  }
  if (!options.check) return;
  const failures = [...broken, ...(options.commitCeilings ? [] : await aboveCeilings(file, measured))];
  if (failures.length === 0) console.log(`\n${name}: passed`);
  else {
    console.error(`\n${name}: FAILED\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
    process.exitCode = 1;
  }
}
