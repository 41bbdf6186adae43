import { createHash, randomBytes } from 'node:crypto';

/** Every kind of id of the platform. The prefix routes an id without asking anyone and makes a swapped id invalid instead of a miss. */
export type IdPrefix =
  | 'prod'
  | 'var'
  | 'cat'
  | 'sell'
  | 'cart'
  | 'ord'
  | 'line'
  | 'shp'
  | 'pay'
  | 'att'
  | 'ref'
  | 'pm'
  | 'usr'
  | 'adr'
  | 'ses'
  | 'ntf'
  | 'saga'
  | 'cmd'
  | 'evt'
  | 'svc';

/** Ids that carry the buyer's virtual shard. */
export type ShardedPrefix = 'ord' | 'cart';

declare const brand: unique symbol;

/**
 * An opaque id: prefix, underscore, 32 lower-case hexadecimal digits of a UUIDv7 (RFC 9562 §5.7). This is the only spelling outside the tables;
 * the tables keep the bare UUID. Made by `newId`, `newShardedId`, `fromUuid` and `parseId` only.
 */
export type Id<P extends IdPrefix = IdPrefix> = `${P}_${string}` & { readonly [brand]: P };

/** Number of virtual shards: ten of UUIDv7's random bits. */
export const shardCount = 1024;

/** Makes ids from injected time and randomness, so that seeds and simulations are reproducible. */
export interface IdFactory {
  /** A new id; ids of one factory sort by creation in the millisecond. */
  newId<P extends IdPrefix>(prefix: P): Id<P>;
  /** A new id whose shard is `shard`, 0 to 1,023. @throws {RangeError} it is outside. */
  newShardedId<P extends ShardedPrefix>(prefix: P, shard: number): Id<P>;
}

/**
 * @param now milliseconds since the epoch.
 * @param random gives that many random bytes.
 */
export function createIdFactory(now: () => number, random: (bytes: number) => Uint8Array): IdFactory {
  return {
    newId: (prefix) => `${prefix}_${hex(uuidBytes(now(), random(10)))}` as never,
    newShardedId(prefix, shard) {
      if (!Number.isInteger(shard) || shard < 0 || shard >= shardCount) throw new RangeError(`no such shard: ${String(shard)}`);
      const bytes = uuidBytes(now(), random(10));
      // The last ten bits of rand_b; the 64 random bits before them keep the id unguessable.
      bytes[14] = ((bytes[14] ?? 0) & 0xfc) | (shard >> 8);
      bytes[15] = shard & 0xff;
      return `${prefix}_${hex(bytes)}` as never;
    },
  };
}

const system = createIdFactory(Date.now, randomBytes);
let factory = system;

/** A new id from the system clock and the system's random source. */
export function newId<P extends IdPrefix>(prefix: P): Id<P> {
  return factory.newId(prefix);
}

/** A new id in a given virtual shard. @throws {RangeError} `shard` is outside 0 to 1,023. */
export function newShardedId<P extends ShardedPrefix>(prefix: P, shard: number): Id<P> {
  return factory.newShardedId(prefix, shard);
}

/**
 * Lets `newId` and `newShardedId` of this process take their ids from another factory, so that a simulation repeats itself; production never calls it.
 * Disposal gives them back what they had before.
 */
export function useIds(replacement: IdFactory): Disposable {
  const before = factory;
  factory = replacement;
  return {
    [Symbol.dispose]() {
      factory = before;
    },
  };
}

/** The virtual shard of a buyer, 0 to 1,023: a stable hash of the user's id. */
export function shardOfBuyer(userId: Id<'usr'>): number {
  const digest = createHash('sha256').update(userId).digest();
  return (((digest[0] ?? 0) << 8) | (digest[1] ?? 0)) % shardCount;
}

/** The virtual shard that an order's or cart's id carries. */
export function shardOf(id: Id<ShardedPrefix>): number {
  return Number.parseInt(id.slice(-3), 16) % shardCount;
}

/** `null` for every spelling but the one spelling of an id of this kind: never throws. */
export function parseId<P extends IdPrefix>(prefix: P, text: unknown): Id<P> | null {
  return isId(prefix, text) ? text : null;
}

/** Whether the text is an id of this kind in its one spelling. */
export function isId<P extends IdPrefix>(prefix: P, text: unknown): text is Id<P> {
  if (typeof text !== 'string' || text.length !== prefix.length + 33 || !text.startsWith(`${prefix}_`)) return false;
  return /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(text.slice(prefix.length + 1));
}

/** The prefix of something that looks like an id, or `null`. Says nothing about existence. */
export function prefixOf(text: string): string | null {
  const match = /^([a-z]+)_[0-9a-f]{32}$/.exec(text);
  return match?.[1] ?? null;
}

/** The bare UUID that the tables keep, with hyphens. */
export function toUuid(id: Id): string {
  const digits = id.slice(-32);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

/** The id of a row. The table is trusted: nothing is checked. */
export const fromUuid = <P extends IdPrefix>(prefix: P, uuid: string): Id<P> => `${prefix}_${uuid.replaceAll('-', '')}` as Id<P>;

function uuidBytes(now: number, random: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  for (let at = 5, rest = now; at >= 0; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer).toString('hex');
