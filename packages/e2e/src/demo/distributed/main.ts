// npm run infra -- run npm run demo:distributed
// The demo against separate processes on Kafka and Redis. Afterwards all who count for themselves must agree on the topic of the orders: the broker by its
// offsets, each gateway by what it has read, the buyer by what came over her socket. Exits 1 when anything is off.
import { strict as assert } from 'node:assert';
import { readEmbeddedConfig } from '@tally/embedded';
import { freshKey } from '@tally/testkit';
import { openWorld } from '../../client/world.ts';
import { openStreams } from '../../streams/open-streams.ts';
import { createNarration } from '../narration.ts';
import { enter, play } from '../play.ts';
import { openBroker, type Broker } from './broker.ts';
import { listenToEverything } from './everything-told.ts';
import { numbersAgree, positionsOf } from './numbers.ts';
import { startSystem, type System } from './system.ts';

const quotedLines = 60;

const tell = createNarration(
  (line) => {
    console.log(line);
  },
  process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
);
const leaving = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => leaving.abort(new Error(`${signal}: leaving`)));

const held = await run().catch((error: unknown) => {
  console.error(`demo:distributed: ${error instanceof Error ? error.message : String(error)}`);
  return false;
});
if (leaving.signal.aborted) process.exit(1); // what the scenes still wait for will not come
process.exitCode = held ? 0 : 1;

async function run(): Promise<boolean> {
  const variables = placesOf(process.env);
  const { kafka } = readEmbeddedConfig(variables);
  assert.ok(kafka !== null);
  await using broker = await openBroker(kafka);
  try {
    return await onSystem(variables, broker);
  } finally {
    await broker.forget();
  }
}

/** Where Kafka and Redis are, under names of our own. @throws {Error} one of them is not named. */
function placesOf(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const given = Object.entries(environment).flatMap(([name, value = '']) =>
    /^(KAFKA|REDIS)_/.test(name) && value !== '' ? [[name, value] as const] : [],
  );
  for (const name of ['KAFKA_BROKERS', 'REDIS_URL']) {
    if (!given.some(([known]) => known === name || known === `${name}_FILE`))
      throw new Error(`${name} is not set: set it, or run "npm run infra -- run npm run demo:distributed", which starts Kafka and Redis`);
  }
  const own = freshKey('demo');
  return { ...Object.fromEntries(given), KAFKA_PREFIX: `${own}.`, REDIS_PREFIX: `${own}:` };
}

async function onSystem(variables: Readonly<Record<string, string>>, broker: Broker): Promise<boolean> {
  tell.line('The shop starts as processes of their own, on a fresh PostgreSQL, with Kafka and Redis; it takes half a minute.');
  await using system = await startSystem(variables, leaving.signal);
  for (const { name, url, pid } of system.processes) tell.line(`   ${name.padEnd(22)} ${url.padEnd(24)} pid ${String(pid)}`);
  tell.line();
  const good = await Promise.race([scenesAndNumbers(system, broker), interrupted()]).catch((error: unknown) => {
    tell.breaks(error instanceof Error ? error.message : String(error));
    return false;
  });
  const { code } = await system.stop();
  tell.line();
  if (code === 0) tell.line(`All ${String(system.processes.length)} processes have stopped, each with exit code 0.`);
  else tell.breaks(`the processes stopped with exit code ${String(code)}`);
  if (good && code === 0) return true;
  if (!leaving.signal.aborted) console.error(`\nwhat the processes said last:\n${system.lines().slice(-quotedLines).join('\n')}`);
  return false;
}

/** Rejects when somebody asks us to leave. */
function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    leaving.signal.addEventListener('abort', () => reject(leaving.signal.reason as Error));
  });
}

async function scenesAndNumbers(system: System, broker: Broker): Promise<boolean> {
  const gateways = system.processes.filter(({ name }) => name.startsWith('gateway'));
  const [first, second] = gateways;
  assert.ok(first !== undefined && second !== undefined, 'there are not two gateways');
  await using world = openWorld({ gateway: first.url, simulator: system.simulator });
  tell.line(`Tally, seen by a shopper: she buys at ${first.url}/graphql, and her phone listens at ${second.url}/graphql`);
  for (const { url } of gateways) assert.equal(await redisAt(url), 'ok', 'Redis, as a gateway sees it');
  const cast = await enter(world, tell, ({ token }) => openStreams('websocket', { url: second.url, token }));
  assert.deepEqual((await cast.ada.account()).orders?.edges, [], 'she has orders already');
  const counters = { topic: 'orders.order.v1', broker, gateways };
  const before = await positionsOf(counters);
  await using phone = cast.phone();
  const told = listenToEverything(phone);

  const played = await play(cast);
  const agreed = await numbersAgree(tell, counters, { buyer: cast.ada, before, told });
  return played && agreed;
}

async function redisAt(gateway: string): Promise<string | undefined> {
  const response = await fetch(`${gateway}/health/ready`);
  return ((await response.json()) as { readonly dependencies: { readonly redis?: string } }).dependencies.redis;
}
