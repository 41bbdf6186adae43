import { strict as assert } from 'node:assert';
import { sumOf } from '@tally/distributed';
import { eventually } from '@tally/testkit';
import type { Shopper } from '../../client/shopper.ts';
import type { Narration } from '../narration.ts';
import type { Broker } from './broker.ts';
import type { EverythingTold } from './everything-told.ts';
import type { RunningProcess } from './system.ts';

/** How many records of a topic each has seen so far, by who it is. */
export type Positions = ReadonlyMap<string, number>;

/** Those who count records of the topic by themselves. */
export interface Counters {
  readonly topic: string;
  readonly broker: Broker;
  readonly gateways: readonly RunningProcess[];
}

/** Asks the broker for its end offsets, and each gateway for its own metric. */
export async function positionsOf({ topic, broker, gateways }: Counters): Promise<Positions> {
  const positions = new Map([['on the broker', await broker.written(topic)]]);
  for (const { name, metricsUrl } of gateways) {
    const metrics = await (await fetch(metricsUrl ?? '')).text();
    positions.set(`read by ${name}`, sumOf(metrics, 'gateway_feed_records_total', { topic }));
  }
  return positions;
}

const settleWithinMs = 30_000;

/** Waits until everything that the orders say they have told has arrived everywhere, and tells who counted what. @returns whether all agree. */
export async function numbersAgree(
  tell: Narration,
  counters: Counters,
  { buyer, before, told }: { readonly buyer: Shopper; readonly before: Positions; readonly told: EverythingTold },
): Promise<boolean> {
  let after = before;
  let sequences: readonly number[] = [];
  const advance = (who: string): number => (after.get(who) ?? 0) - (before.get(who) ?? 0);
  const agreed = await eventually(
    async () => {
      sequences = await ownNumbers(buyer);
      after = await positionsOf(counters);
      assert.deepEqual([...told.orders().values()].toSorted(), [...sequences].toSorted());
      assert.deepEqual(
        [...after.keys()].map(advance),
        [...after].map(() => told.count()),
      );
      assert.equal(told.listed(), told.count());
    },
    { timeoutMs: settleWithinMs },
  ).then(
    () => true,
    () => false,
  );
  const row = (who: string, how: string, count: number): void => {
    tell.line(`   ${who.padEnd(20)} ${how.padEnd(40)} ${String(count).padStart(4)}`);
  };
  tell.line();
  tell.line(`How far ${counters.topic} has come, as each counts it:`);
  for (const [who, position] of after) row(who, `from ${String(before.get(who))} to ${String(position)}`, advance(who));
  row('told to the buyer', `events of ${String(told.orders().size)} orders, over her socket`, told.count());
  row('', 'and in the list of her orders', told.listed());
  row(
    'by the orders',
    sequences.join(' + '),
    sequences.reduce((sum, sequence) => sum + sequence, 0),
  );
  for (const problem of told.problems) tell.breaks(problem);
  if (!agreed) tell.breaks('they do not agree');
  if (!agreed || told.problems.length > 0) return false;
  tell.holds('the same everywhere: nothing lost, nothing twice, nothing made up');
  return true;
}

/** The sequence of each order of a buyer is the number of its events. */
async function ownNumbers(buyer: Shopper): Promise<readonly number[]> {
  const orders = (await buyer.account()).orders?.edges ?? [];
  return await Promise.all(orders.map(async ({ node }) => (await buyer.statusOf(node.id)).sequence));
}
