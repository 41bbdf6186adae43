// npm run test:resume -- [--seed n] [--kills n]: kills the platform at seeded moments and at every crash point, starts it again, and audits what is left.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { toText } from '@tally/audit';
import { eraseEmbeddedPostgres } from '@tally/embedded';
import { createGraph } from '../client/graph.ts';
import { freePort } from '../topologies/app-process.ts';
import type { History } from './history.ts';
import { createRandom } from './random.ts';
import { mixed, points, steady, untilDead } from './rounds.ts';
import { openTokens } from './shoppers.ts';
import { live, type Life, type Place } from './system.ts';
import { createWitness, watchedAt } from './witness.ts';
import { askAgain, openShop, type Shop } from './workload.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261121' },
    kills: { type: 'string', default: '40' },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const underWayAtLeast = Math.ceil(kills * 0.75);
const enquiriesAtLeast = 5;
const pointPatienceMs = 60_000;
const quietPatienceMs = 240_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const failures: string[] = [];
const random = createRandom(seed);
const dataDir = await mkdtemp(join(tmpdir(), 'tally-resume-'));
const place: Place = { dataDir, port: await freePort(), simulatorPort: await freePort(), metricsPort: await freePort() };
const history: History = { purchases: [] };
const startedAt = performance.now();
say(`seed ${String(seed)}: ${String(kills)} kills at seeded moments, then ${String(points.length)} crash points`);

async function begin(crash?: string): Promise<Life> {
  const life = await live(place, crash);
  if (crash === undefined && !life.alive()) throw new Error(`the system does not start again:\n${life.printed().slice(-4_000)}`);
  return life;
}

let life = await begin();
await using graph = createGraph(`http://127.0.0.1:${String(place.port)}`);
const { products } = await graph.ask('ProductList', { first: 100, filter: { inStock: true } });
const tokenOf = await openTokens(dataDir);
const variantIds = products.edges.slice(0, 40).flatMap(({ node }) => variantsOf(node));
const shop: Shop = await openShop({ graph, tokenOf, variantIds, random, history });
const witness = createWitness(await watchedAt(place));

let underWay = 0;
const restarts: number[] = [life.readyAfterMs];
for (let round = 1; round <= kills; round++) {
  const signal = round % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
  const stop = new AbortController();
  let first: () => void = () => undefined;
  const accepted = new Promise<void>((resolve) => {
    first = resolve;
  });
  const shopping = steady(shop, stop.signal, first);
  await Promise.race([accepted, pause(10_000)]);
  const moment = random.between(0, 600);
  await pause(moment);
  // SIGTERM takes PostgreSQL along, so that is counted before; SIGKILL leaves it, and what is under way stands still.
  const before = signal === 'SIGTERM' ? await witness.ordersUnderWay() : null;
  const end = await life.end(signal);
  stop.abort();
  const open = before ?? (await witness.ordersUnderWay());
  if (open > 0) underWay++;
  if (signal === 'SIGTERM' && end !== 0) failures.push(`round ${String(round)}: SIGTERM ended with ${String(end)}, not 0`);
  await shopping;
  life = await begin();
  restarts.push(life.readyAfterMs);
  await askAgain(shop);
  say(
    `  ${String(round).padStart(2)} ${signal} after ${String(moment).padStart(3)} ms  ${String(open).padStart(2)} orders under way  back in ${(life.readyAfterMs / 1000).toFixed(1)} s`,
  );
}

let fired = 0;
for (const point of points) {
  await life.end('SIGTERM');
  life = await live(place, `${point}:1`);
  const died = await untilDead(life, pointPatienceMs, async () => {
    await Promise.race([mixed(shop), pause(4_000)]);
    if (point.startsWith('saga.sweep')) await witness.runOutOfTime();
  });
  if (died) fired++;
  else failures.push(`crash point ${point} never fired`);
  say(`  ${died ? 'fired' : 'SILENT'}  ${point}`);
  if (!died) await life.end('SIGKILL');
  life = await begin();
  await askAgain(shop);
}

say('waiting for quiet');
if (!(await witness.untilQuiet(history, quietPatienceMs))) failures.push(`not quiet after ${String(quietPatienceMs / 1000)} s`);
const findings = await witness.audit(history);
const enquiries = await witness.settledByEnquiry();
await life.end('SIGTERM');

say(`\n${toText(findings)}`);
for (const { id, checked, violations } of findings) {
  if (violations.length > 0) failures.push(`${id} is violated`);
  if (checked === 0) failures.push(`${id} looked at nothing`);
}
if (underWay < underWayAtLeast)
  failures.push(
    `only ${String(underWay)} of ${String(kills)} kills fell between acceptance and end of an order, at least ${String(underWayAtLeast)} must`,
  );
if (enquiries < enquiriesAtLeast)
  failures.push(`only ${String(enquiries)} orders recovered through an enquiry, at least ${String(enquiriesAtLeast)} must`);

const slowest = Math.max(...restarts) / 1000;
say(
  [
    `purchases ${String(history.purchases.length)}, of which orders ${String(history.purchases.filter(({ orderId }) => orderId !== null).length)}`,
    `kills with orders under way ${String(underWay)} of ${String(kills)}, crash points fired ${String(fired)} of ${String(points.length)}`,
    `orders settled by enquiry ${String(enquiries)}, slowest restart ${slowest.toFixed(1)} s, ${((performance.now() - startedAt) / 1000).toFixed(0)} s in all`,
  ].join('\n'),
);
if (failures.length === 0) say('resume: passed');
else say(`resume: FAILED with seed ${String(seed)}\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (!values.keep) {
  await eraseEmbeddedPostgres(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}
process.exitCode = failures.length === 0 ? 0 : 1;

function variantsOf(node: {
  readonly id: string;
  readonly variants?: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly inventory: { readonly available: number } } }[];
  };
}): string[] {
  return node.variants?.edges.filter(({ node: variant }) => variant.inventory.available >= 20).map(({ node: variant }) => variant.id) ?? [];
}
