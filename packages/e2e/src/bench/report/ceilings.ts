import { readFile, writeFile } from 'node:fs/promises';

/** Figures that may not rise, by name. Lower is better for each. */
export type Figures = Readonly<Record<string, number>>;

/** What a figure may rise by before it is a failure: one machine differs from itself by about a tenth. */
const margin = 1.15;

/**
 * Compares figures with the committed ceilings of a bench.
 *
 * @returns a sentence per figure that is too high, or that has no ceiling.
 */
export async function aboveCeilings(file: URL, measured: Figures): Promise<readonly string[]> {
  const ceilings = JSON.parse(await readFile(file, 'utf8')) as Figures;
  return Object.entries(measured).flatMap(([name, value]) => {
    const ceiling = ceilings[name];
    if (ceiling === undefined) return [`${name}: no ceiling is committed, write one with --commit-ceilings`];
    return value > ceiling ? [`${name}: ${value.toFixed(2)} is above the committed ${ceiling.toFixed(2)}`] : [];
  });
}

/** Writes what was measured, and a margin, as the ceilings from now on. */
export async function commitCeilings(file: URL, measured: Figures): Promise<void> {
  const ceilings = Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, Number((value * margin).toFixed(2))]));
  await writeFile(file, `${JSON.stringify(ceilings, null, 2)}\n`);
}
