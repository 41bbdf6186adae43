import { setTimeout as pause } from 'node:timers/promises';
import { mustCome, settledBefore } from '../until.ts';
import type { Line, Stage } from '../stage.ts';
import type { KafkaSystem } from '../../harness/processes-kafka.ts';

const settlePatienceMs = 120_000;
const rebalanceMs = 10_000;
const joiningMs = 1_500;
const member = 'orders-worker-2';

/** The event log is away for a minute, when processes start, and while members share out partitions anew. */
export const f6: Line = {
  id: 'F6',
  title: 'Kafka away, away at start, away in a rebalance',
  needs: 'kafka',
  expects: 'served',
  async play(stage) {
    const { kafka, quick } = stage;
    if (kafka === null) throw new RangeError('there is no Kafka');
    await away(stage, kafka, 'F6 Kafka away', async () => pause(quick ? 15_000 : 60_000));
    if (quick) return;
    await away(stage, kafka, 'F6 away at start', () => startWithout(stage));
    await away(
      stage,
      kafka,
      'F6 away in a rebalance',
      () => pause(rebalanceMs),
      () => rebalance(stage),
    );
  },
};

interface Disturbance {
  readonly isOver: Promise<void>;
}

async function away(
  stage: Stage,
  { kafka }: KafkaSystem,
  phase: string,
  meanwhile: () => Promise<void>,
  disturb: (() => Promise<Disturbance>) | null = null,
): Promise<void> {
  stage.traffic.enter(phase);
  const disturbance = await disturb?.();
  await (disturbance === undefined ? kafka.stop() : kafka.kill());
  const since = new Date();
  await meanwhile();
  if (await settledBefore(stage, new Date())) stage.fail(`${phase}: nothing waited for it`);
  stage.note(`${phase}: for ${((Date.now() - since.getTime()) / 1_000).toFixed(0)} s`);
  await kafka.start();
  await disturbance?.isOver;
  const back = new Date();
  await mustCome(stage, 'what came before has settled', settlePatienceMs, () => settledBefore(stage, back));
}

/** Processes that consume and relay get ready while nobody answers for the log. */
async function startWithout({ system, excused }: Stage): Promise<void> {
  for (const name of ['orders-worker', 'products-worker']) {
    excused.add(name);
    await system.stop(name);
    await system.start(name);
    excused.delete(name);
  }
}

/** A member leaves its groups and comes back: at this moment the others share out anew. It is over when that member is ready. */
async function rebalance({ system, excused }: Stage): Promise<Disturbance> {
  excused.add(member);
  await system.stop(member);
  const isOver = system.start(member).then(() => void excused.delete(member));
  await pause(joiningMs);
  return { isOver };
}
