import { fromUuid } from '@tally/kernel';
import type { Sql } from '@tally/testkit';

import type { Random } from '@tally/kernel';
import { createWebSocketStreams } from '../streams/websocket.ts';
import { ownAddress, type Buyer, type GatewayIndex } from '../harness/buyers.ts';
import { createStreamTally, keepSubscribed, type StreamTally, type Subscriber } from './subscribers.ts';

/** Everybody who watches: each buyer their own orders, some each step of one order, and strangers the stock. */
export interface Audience {
  readonly tally: StreamTally;
  /** Whether this order is followed step by step is decided here. */
  readonly accepted: (orderId: string, buyer: Buyer) => void;
  readonly size: () => number;
  /** What somebody has not seen yet of what the tables hold, in words. */
  missing(sql: Sql): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface AudienceOptions {
  readonly buyers: readonly Buyer[];
  readonly gateways: readonly [string, string];
  readonly variantIds: readonly string[];
  readonly random: Random;
}

/** Of accepted orders, one in so many is followed step by step. */
const followedOneIn = 3;
const stockWatchers = 6;
const variantsEach = 10;
const ends: readonly string[] = ['PROCESSING', 'REJECTED', 'PAYMENT_FAILED', 'CANCELLED'];

const nextOnly = ({ sequence }: { readonly sequence: number }, last: number): string | null =>
  sequence === last + 1 ? null : `${String(sequence)} came after ${String(last)}`;

export function gatherAudience({ buyers, gateways, variantIds, random }: AudienceOptions): Audience {
  const tally = createStreamTally();
  const common = { random, tally };
  const own = new Map<string, Subscriber>();
  for (const buyer of buyers) {
    own.set(
      buyer.id,
      keepSubscribed({
        ...common,
        clients: buyer.streams,
        home: buyer.home,
        operation: 'MyOrders',
        variables: {},
        resumes: true,
        take: nextOnly,
      }),
    );
  }
  const levels = new Map<string, number>();
  const watched = new Map<string, Subscriber>();
  for (let index = 0; index < stockWatchers; index++) watched.set(String(index), watchStock(index));
  const followed = new Map<string, Subscriber>();
  let [accepted, finished] = [0, 0];

  function watchStock(index: number): Subscriber {
    const mine = new Map<string, number>();
    const localAddress = ownAddress(buyers.length + index);
    const clientAt = (url: string) => createWebSocketStreams({ url, localAddress: () => localAddress });
    const home: GatewayIndex = index % 2 === 0 ? 0 : 1;
    const ids = Array.from({ length: variantsEach }, (_, offset) => variantIds[(index * variantsEach + offset) % variantIds.length] ?? '');
    return keepSubscribed({
      ...common,
      clients: [clientAt(gateways[0]), clientAt(gateways[1])],
      home,
      operation: 'WatchStock',
      variables: { variantIds: ids },
      resumes: false,
      take({ variant, sequence }) {
        if (variant === null) return 'a level is of no variant';
        const newest = mine.get(variant.id) ?? 0;
        mine.set(variant.id, sequence);
        levels.set(`${String(index)} ${variant.id}`, sequence);
        // A stream that was opened again begins with the present level, which may be the one that is known.
        return sequence >= newest ? null : `${variant.id}: ${String(sequence)} came after ${String(newest)}`;
      },
    });
  }

  async function behind(sql: Sql, text: string, told: ReadonlyMap<string, Subscriber>, prefix: 'usr' | 'ord'): Promise<readonly string[]> {
    const rows = await sql.rows(text);
    const newest = new Map(rows.map(({ id, sequence }) => [String(fromUuid(prefix, String(id))), Number(sequence)]));
    return [...told].flatMap(([id, { title, last }]) => {
      const wanted = newest.get(id) ?? 0;
      return last() === wanted ? [] : [`${title} stands at ${String(last())} of ${String(wanted)}`];
    });
  }

  return {
    tally,
    size: () => own.size + watched.size + followed.size - finished,
    accepted(orderId, buyer) {
      accepted += 1;
      if (accepted % followedOneIn !== 0) return;
      let status: string | null = null;
      const subscriber = keepSubscribed({
        ...common,
        clients: buyer.streams,
        home: buyer.home,
        operation: 'TrackOrder',
        variables: { orderId },
        resumes: true,
        take(step, last) {
          const fault = nextOnly(step, last) ?? (step.previous === status ? null : `${step.status} follows ${String(status)}`);
          status = step.status;
          return fault;
        },
        over({ status: now }) {
          const ended = ends.includes(now);
          if (ended) finished += 1;
          return ended;
        },
      });
      followed.set(orderId, subscriber);
    },
    async missing(sql) {
      const versions = await sql.rows(`SELECT variant_id AS id, version FROM products.stock`);
      const newest = new Map(versions.map(({ id, version }) => [String(fromUuid('var', String(id))), Number(version)]));
      return [
        ...(await behind(sql, 'SELECT buyer_id AS id, sequence FROM orders.buyer_stream', own, 'usr')),
        ...(await behind(sql, 'SELECT id, sequence FROM orders.orders', followed, 'ord')),
        ...[...levels].flatMap(([watch, version]) => {
          const [index = '', id = ''] = watch.split(' ');
          const wanted = newest.get(id);
          return version === wanted ? [] : [`stock watcher ${index} has ${id} at ${String(version)} of ${String(wanted)}`];
        }),
      ];
    },
    async stop() {
      await Promise.all([...own.values(), ...watched.values(), ...followed.values()].map((subscriber) => subscriber.stop()));
    },
  };
}
