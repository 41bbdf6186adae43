// npm run bench:streams -- [--check]: what live events cost one gateway process, beside a bare WebSocket server that does the same.
import { readOptions, type BenchOptions } from './options.ts';
import { profiled } from './profile.ts';
import { say } from './report/progress.ts';
import { conclude } from './report/verdict.ts';
import { profileTables } from './report/where-it-goes.ts';
import { brokenBars, streamsFigures } from './streams/figures.ts';
import { playChurn } from './streams/rounds/churn.ts';
import { playFanOut, type FanOut } from './streams/rounds/fan-out.ts';
import { measureMemory } from './streams/rounds/memory.ts';
import { medians } from './streams/rounds/medians.ts';
import { overall, playSteady, type Steady } from './streams/rounds/steady.ts';
import type { Compared, StreamsRun } from './streams/run.ts';
import { openStage, type Side, type Stage } from './streams/stage.ts';
import type { Control } from './streams/systems/control.ts';
import type { Gateway } from './streams/systems/gateway.ts';
import { streamsTables } from './streams/tables.ts';
import { ownOrder, stockLevel, type Watched } from './streams/watched.ts';

const rounds = 3;
/** Enough of them that CPU time, which Linux counts in hundredths of a second, says something. */
const eventsPerRound = (subscribers: number): number => Math.max(5, Math.ceil(30_000 / subscribers));
const ceilings = new URL('./streams.json', import.meta.url);

const options = readOptions(
  'bench:streams',
  'Starts a gateway on a Postgres log and lets up to 10,000 WebSocket clients follow it: memory per connection, one event to all of them, 1,000 events a\nsecond to one each, and 200,000 subscriptions that come and go; beside a bare server of `ws`. Takes about five minutes.',
);
if (options?.check === true && options.scale < 1) {
  console.error('--check needs the whole bench, without --scale: fewer clients cost more each');
  process.exitCode = 1;
} else if (options !== null) {
  await bench(options).catch((error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exitCode = 1;
  });
}

async function bench(wanted: BenchOptions): Promise<void> {
  const count = (real: number): number => Math.max(100, Math.round(real * wanted.scale));
  say('starting PostgreSQL with an event log');
  await using stage = await openStage();
  const shared = await watchOneThing(stage, wanted, count);
  const own = await watchOwnOrders(stage, wanted, count);
  const churned = await comeAndGo(stage, wanted, count(200_000));
  const run: StreamsRun = {
    memory: [shared.memory, own.memory],
    fanOut: shared.fanOut,
    steady: own.steady,
    churned,
    liveReplays: shared.liveReplays + own.liveReplays,
  };
  const others = await stage.takenByOthers();
  console.log(`\n${streamsTables(run)}\n\nothers took ${(others * 100).toFixed(0)} % of the machine`);
  await conclude('bench:streams', wanted, ceilings, streamsFigures(run), brokenBars(run), others);
}

type Count = (real: number) => number;

/** Everybody follows the stock of one variant. */
async function watchOneThing(stage: Stage, wanted: BenchOptions, count: Count) {
  await using stack = new AsyncDisposableStack();
  const { gateway, control } = await bothSides(stage, stack);
  const { key, guest } = await stage.newGuest(stockLevel);
  const guests = Array.from({ length: count(10_000) }, () => guest);
  const memory = await rememberBoth(stockLevel, gateway, control, guests, count);
  const replaysBefore = stage.owner.replays();
  const fanOut: StreamsRun['fanOut'][number][] = [];
  for (const subscribers of [count(10_000), count(3_000)]) {
    await Promise.all([gateway.crowd.keep(subscribers), control.crowd.keep(subscribers)]);
    const play = async (side: Side): Promise<FanOut> => await playFanOut(side, key, subscribers, eventsPerRound(subscribers));
    say(`events to all of ${String(subscribers)}`);
    fanOut.push({ subscribers, ...(await inTurns(wanted, gateway, control, play, medians)) });
  }
  return { memory, fanOut, liveReplays: stage.owner.replays() - replaysBefore };
}

/** Everybody is signed in and follows an order of his own. */
async function watchOwnOrders(stage: Stage, wanted: BenchOptions, count: Count) {
  await using stack = new AsyncDisposableStack();
  const { gateway, control } = await bothSides(stage, stack);
  const everybody = await Promise.all(Array.from({ length: count(10_000) }, () => stage.newGuest(ownOrder)));
  const guests = everybody.map(({ guest }) => guest);
  const memory = await rememberBoth(ownOrder, gateway, control, guests, count);
  const perSecond = count(1_000);
  await Promise.all([gateway.crowd.keep(perSecond), control.crowd.keep(perSecond)]);
  const keys = everybody.slice(0, perSecond).map(({ key }) => key);
  for (const key of keys) control.past.begin(key, 1);
  const replaysBefore = stage.owner.replays();
  say(`${String(perSecond)} events a second`);
  const play = async (side: Side): Promise<Steady> => await playSteady(side, keys, perSecond, wanted.scale < 1 ? 3 : 10);
  const steady = await inTurns(wanted, gateway, control, play, overall);
  return { memory, steady: { ...steady, perSecond }, liveReplays: stage.owner.replays() - replaysBefore };
}

/** Clients come and go in every state of a stream. */
async function comeAndGo(stage: Stage, wanted: BenchOptions, cycles: number) {
  await using stack = new AsyncDisposableStack();
  const gateway = await stage.openGateway(stack);
  return await shown(wanted, gateway, 'subscribing and cancelling', () => playChurn(stage, gateway, cycles));
}

interface Sides {
  readonly gateway: Side<Gateway>;
  readonly control: Side<Control>;
}

async function bothSides(stage: Stage, stack: AsyncDisposableStack): Promise<Sides> {
  return { gateway: await stage.openGateway(stack), control: await stage.openControl(stack) };
}

async function rememberBoth(
  { title }: Watched,
  gateway: Side<Gateway>,
  control: Side<Control>,
  guests: Parameters<typeof measureMemory>[1],
  count: Count,
): Promise<StreamsRun['memory'][number]> {
  const steps = [count(5_000), count(10_000)];
  say(title);
  const ours = await measureMemory(gateway, guests, steps, control.system.say);
  return { title, gateway: ours, control: await measureMemory(control, guests, steps) };
}

/** Some rounds of each, in turns, so that both meet the same machine. */
async function inTurns<T>(
  wanted: BenchOptions,
  gateway: Side<Gateway>,
  control: Side<Control>,
  play: (side: Side) => Promise<T>,
  together: (rounds: readonly T[]) => T,
): Promise<Compared<T>> {
  const measured: { readonly gateway: T[]; readonly control: T[] } = { gateway: [], control: [] };
  for (let round = 0; round < rounds; round++) {
    measured.gateway.push(await shown(wanted, gateway, `round ${String(round + 1)}`, () => play(gateway)));
    measured.control.push(await play(control));
  }
  return { gateway: together(measured.gateway), control: together(measured.control) };
}

/** Does the work; with `--profile` it also prints where the gateway spent its time meanwhile. */
async function shown<T>(wanted: BenchOptions, { system }: Side<Gateway>, title: string, work: () => Promise<T>): Promise<T> {
  if (!wanted.profile) return await work();
  const { value, profile } = await profiled(system.inspector.url, work);
  console.log(`\n${title}\n${profileTables(profile)}\n`);
  return value;
}
