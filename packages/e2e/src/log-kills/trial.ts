import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '@tally/kernel';
import { startCrew, type Death, type Post } from './crew.ts';
import { judge, type Judgement } from './judge.ts';
import { killAtRandom } from './kills.ts';
import { openPlace, type LogKind, type Place } from './place.ts';
import { watchOffsets, watchRows, type Moves } from './positions.ts';
import type { MemberSettings, RelaySettings, WriterSettings } from './programs/settings.ts';
import { readRemains, readStanding, type Standing } from './remains.ts';
import { memberSchema, writerSchema } from './workload.ts';

export interface TrialOptions {
  readonly kind: LogKind;
  readonly events: number;
  /** Events per second that are written, if the machine can. */
  readonly rate: number;
  readonly seed: number;
  /** Empty; keeps what the processes print. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Ends the trial early, and everything that it started. */
  readonly interrupted: AbortSignal;
}

/** What a trial came to. */
export interface Trial {
  readonly kind: LogKind;
  readonly standing: Standing;
  readonly judgement: Judgement;
  readonly records: number;
  readonly rolledBack: number;
  readonly redelivered: number;
  readonly deaths: readonly Death[];
  readonly moves: Moves;
  /** Everything that went wrong with the trial itself, in words. */
  readonly faults: readonly string[];
  /** From the first event to the last effect, and how long that took after the last kill; milliseconds. */
  readonly tookMs: number;
  readonly quietAfterMs: number;
}

const lookEveryMs = 250;
const tellEveryMs = 5_000;
/** Of everything, from the first event on. */
const patienceMs = 400_000;

/** Somebody is killed until everything is on the log and so much of it has had its effect; for so long at most, on a machine that is slow. */
const killedShare = 0.9;
const killedForMs = 150_000;

/** Batches that a relay sends before it kills itself, at most; it sends some dozens in a second. */
const mostBatches = 40;

/** Writes events, kills whoever carries them, waits until the last effect is there, and compares what is left. */
export async function tryLog(options: TrialOptions): Promise<Trial> {
  const { kind, seed, folder, say, events, interrupted } = options;
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  say(`PostgreSQL${kind === 'kafka' ? ' and Kafka' : ''}`);
  await using place = await openPlace(folder, kind);
  const watch = place.log.kind === 'kafka' ? await watchOffsets(place.log) : watchRows(place.urls);
  const startedAt = performance.now();
  await using crew = startCrew(posts(place, options), { folder: logs, random: createRandom(seed) });
  let standing = await readStanding(place.urls);
  let killing = true;
  const kills = killAtRandom(crew, createRandom(seed + 1), () => !killing);

  async function until(done: () => boolean): Promise<boolean> {
    for (let toldAt = performance.now(); ; await pause(lookEveryMs)) {
      standing = await readStanding(place.urls);
      if (done()) return true;
      if (crew.faults.length > 0 || interrupted.aborted || performance.now() - startedAt > patienceMs) return false;
      if (performance.now() - toldAt < tellEveryMs) continue;
      toldAt = performance.now();
      const { committed, unpublished, applied } = standing;
      say(
        `  … ${String(committed)} committed, ${String(unpublished)} in the outbox, ${String(applied)} applied, ${String(crew.deaths.length)} kills`,
      );
    }
  }

  const carried = await until(() => {
    const { unpublished, applied, committed } = standing;
    const enough = applied >= committed * killedShare || performance.now() - startedAt > killedForMs;
    return crew.written() && unpublished === 0 && enough;
  });
  killing = false;
  await kills;
  crew.disarm();
  const healedAt = performance.now();
  say('nobody is killed any more');
  const quiet = carried && (await until(() => standing.applied >= standing.committed && standing.committed >= events));
  const endedAt = performance.now();
  await crew.stop();
  const [remains, moves] = [await readRemains(place.urls, place.log), await watch.stop()];
  return {
    kind,
    standing,
    judgement: judge(remains),
    records: remains.log.length,
    rolledBack: remains.rolledBack.size,
    redelivered: remains.redelivered,
    deaths: crew.deaths,
    moves,
    faults: quiet ? crew.faults : [...crew.faults, `not quiet after ${String(Math.round((endedAt - startedAt) / 1_000))} s`],
    tookMs: endedAt - startedAt,
    quietAfterMs: endedAt - healedAt,
  };
}

function posts({ urls, log }: Place, { events, rate, seed }: TrialOptions): readonly Post[] {
  const writer: WriterSettings = { databaseUrl: urls[writerSchema].app, events, rate, seed };
  const relay: RelaySettings = { databaseUrl: urls[writerSchema].app, log };
  const member: MemberSettings = { databaseUrl: urls[memberSchema].app, log };
  // Mostly where what the log has is not marked yet: the next relay repeats it.
  const points = [
    { point: 'relay.append.after', mostHits: mostBatches },
    { point: 'relay.append.after', mostHits: mostBatches },
    { point: 'relay.append.before', mostHits: mostBatches },
  ] as const;
  return [
    ...['member', 'member-2', 'member-3'].map((name): Post => ({ name, part: 'member', settings: member })),
    ...['relay', 'relay-2'].map((name): Post => ({ name, part: 'relay', settings: relay, points })),
    { name: 'writer', part: 'writer', settings: writer },
  ];
}
