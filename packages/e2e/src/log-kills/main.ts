// npm run test:log [-- --events n --log postgres|kafka|both --seed n --quick --keep]: carries events from outbox to inbox while relays, members and the
// writer are killed at random moments, and compares what was committed with what arrived.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StartupError } from '@tally/runtime';
import type { LogKind } from './place.ts';
import { faultsOf, reportOf, type Floors } from './report.ts';
import { tryLog } from './trial.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    log: { type: 'string', default: 'both' },
    seed: { type: 'string', default: '20261121' },
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const kinds: readonly LogKind[] = values.log === 'kafka' || values.log === 'postgres' ? [values.log] : ['postgres', 'kafka'];
const seed = Number(values.seed);
const events = Number(values.events ?? (values.quick ? 10_000 : 100_000));
/** So that there is time to be killed in, however fast the machine is. */
const rate = values.quick ? 500 : 1_500;
const floors: Floors = values.quick
  ? { killsOf: { relay: 2, member: 2, writer: 0 }, repeats: 1, redelivered: 1 }
  : { killsOf: { relay: 10, member: 10, writer: 1 }, repeats: 200, redelivered: 200 };

const startedAt = performance.now();
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
const failures: string[] = [];
// An event loop that runs empty would end this process in the middle of a disposal.
setInterval(() => undefined, 3_600_000);
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
say(`seed ${String(seed)}: ${String(events)} events on ${kinds.join(' and ')}`);

for (const kind of kinds) {
  if (interrupted.signal.aborted) break;
  const folder = await mkdtemp(join(tmpdir(), `tally-log-${kind}-`));
  const before = failures.length;
  try {
    const trial = await tryLog({ kind, events, rate, seed, folder, say, interrupted: interrupted.signal });
    process.stdout.write(`${reportOf(trial)}\n`);
    failures.push(...faultsOf(trial, events, floors).map((fault) => `${kind}: ${fault}`));
  } catch (error) {
    const words = error instanceof Error ? (error instanceof StartupError ? error.message : (error.stack ?? error.message)) : String(error);
    failures.push(`${kind}: ${words}`);
  }
  if (failures.length === before && !values.keep) await rm(folder, { recursive: true, force: true });
  else say(`logs in ${folder}`);
}
if (failures.length === 0) say('log: passed');
else say(`log: FAILED with seed ${String(seed)}\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
process.exit(failures.length === 0 ? 0 : 1);
