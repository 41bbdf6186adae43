import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanEnvironment } from '../clean-environment.ts';
import type { Check } from './guard.ts';

/** What became of a check. `seen`: how it showed, for people. `void`: it proved nothing, and why. */
export type CheckOutcome =
  { readonly kind: 'green' } | { readonly kind: 'red'; readonly seen: string } | { readonly kind: 'void'; readonly why: string };

const testPatienceMs = 180_000;

/** Runs a check in a copy of the repository. @param seeds how many histories the simulation may try. */
export const runCheck = (folder: string, check: Check, seeds: number): Promise<CheckOutcome> =>
  check.kind === 'test' ? runTests(folder, check) : runSimulation(folder, check, seeds);

interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly title: string }[] }[];
}

async function runTests(folder: string, { project, file, title }: Check & { readonly kind: 'test' }): Promise<CheckOutcome> {
  const report = join(folder, 'guard-report.json');
  await rm(report, { force: true });
  const named = title === undefined ? [] : ['-t', title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')];
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', project, file, ...named, '--reporter=json', `--outputFile=${report}`];
  const { code, said } = await run(folder, args, testPatienceMs);
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null)
    return code === null ? { kind: 'red', seen: 'it never ends' } : { kind: 'void', why: `the tests did not run: ${said}` };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(text) as TestReport;
  const failed = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'failed');
  if (failed.length > 0) return { kind: 'red', seen: failed.map((one) => one.title).join('; ') };
  if (numPassedTests === 0) return { kind: 'void', why: `no test of that title ran: ${said}` };
  return code === 0 && numFailedTests === 0 ? { kind: 'green' } : { kind: 'void', why: `no test failed, and the run did: ${said}` };
}

interface SimulationReport {
  /** Histories until the violation, it included. */
  readonly seeds: number;
  readonly invariants: readonly string[];
}

async function runSimulation(folder: string, { violates }: Check & { readonly kind: 'simulation' }, seeds: number): Promise<CheckOutcome> {
  const main = join('packages', 'e2e', 'src', 'simulate', 'main.ts');
  const { code, said } = await run(folder, [main, '--until-violation', '--json', '--seeds', String(seeds)], testPatienceMs);
  if (code === 0) return { kind: 'green' };
  const found = /^\{.*\}$/m.exec(said)?.[0];
  if (code !== 3 || found === undefined) return { kind: 'void', why: `the simulation ended with ${String(code)}: ${said.slice(-600)}` };
  const report = JSON.parse(found) as SimulationReport;
  const expected = report.invariants.filter((id) => violates.includes(id));
  if (expected.length === 0) return { kind: 'void', why: `it found ${report.invariants.join(', ')}, not ${violates.join(' or ')}` };
  return { kind: 'red', seen: `${expected.join(', ')} after ${String(report.seeds)} ${report.seeds === 1 ? 'seed' : 'seeds'}` };
}

/** @returns `code` null: it was given up. */
async function run(
  folder: string,
  args: readonly string[],
  patienceMs: number,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', ...args], {
    cwd: folder,
    env: cleanEnvironment({ CI: 'true', APOLLO_TELEMETRY_DISABLED: 'true', CHECKPOINT_DISABLE: '1' }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-20_000)));
  // The whole group: a test that hangs has children.
  const tooLong = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, patienceMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(tooLong);
  return { code, said };
}
