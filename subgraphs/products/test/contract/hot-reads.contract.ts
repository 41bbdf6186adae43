import { newId } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import type { HotReads, HotRows } from '../../src/ports/hot-reads.ts';

/** Hot reads of their own for one test, with room for a hundred rows. */
export interface HotReadsWorld extends AsyncDisposable {
  readonly hotReads: HotReads;
  /** Lets so many milliseconds pass for the rows that are kept. */
  pass(ms: number): Promise<void>;
}

export const aSeller = (name = 'Tally Goods'): HotRows['seller'] => ({ id: newId('sell'), slug: 'tally-goods', name });

export const aProduct = (): HotRows['product'] => ({
  id: newId('prod'),
  slug: 'enamel-mug',
  title: 'Enamel Mug – “white”',
  description: 'Line one.\nLine two.',
  status: 'DRAFT',
  version: 7,
  categoryId: newId('cat'),
  sellerId: newId('sell'),
  tags: ['gift', 'kitchen'],
  attributes: { material: 'Enamel' },
  prices: { min: { amount: 1499, currency: 'EUR' }, max: { amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' } },
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
});

/** What every adapter of hot reads keeps to. */
export function hotReadsContract(name: string, open: () => Promise<HotReadsWorld>): void {
  describe(`hot reads: ${name}`, () => {
    const keep = async (hotReads: HotReads, ...rows: HotRows['seller'][]) =>
      hotReads.store(await hotReads.begin(rows.map(({ id }) => id)), 'seller', rows);

    test('what was stored is given back, equal in every part, beside rows of other kinds', async () => {
      await using world = await open();
      const { hotReads } = world;
      const [product, seller] = [aProduct(), aSeller()];

      const ticket = await hotReads.begin([product.id, seller.id]);
      expect(await hotReads.store(ticket, 'product', [product])).toEqual([]);
      expect(await hotReads.store(ticket, 'seller', [seller])).toEqual([]);

      expect(await hotReads.get('product', [newId('prod'), product.id])).toEqual(new Map([[product.id, product]]));
      expect(await hotReads.get('seller', [seller.id])).toEqual(new Map([[seller.id, seller]]));
    });

    test('a row belongs to nobody: what others do to theirs does not show', async () => {
      await using world = await open();
      const { hotReads } = world;
      const tags = ['gift'];
      const product = { ...aProduct(), tags };
      await hotReads.store(await hotReads.begin([product.id]), 'product', [product]);

      tags.push('changed by the one who stored it');
      const read = (await hotReads.get('product', [product.id])).get(product.id);
      // Either it is a copy, or it cannot be changed.
      Reflect.set(read?.prices.min ?? {}, 'amount', 1);
      Reflect.set(read?.tags ?? [], 0, 'changed by the one who read it');

      expect((await hotReads.get('product', [product.id])).get(product.id)).toEqual({ ...product, tags: ['gift'] });
    });

    test('a row invalidated since the ticket is refused by name, the others are kept', async () => {
      await using world = await open();
      const { hotReads } = world;
      const [moved, still] = [aSeller(), aSeller()];
      const ticket = await hotReads.begin([moved.id, still.id]);

      await hotReads.invalidate([moved.id]);

      expect(await hotReads.store(ticket, 'seller', [moved, still])).toEqual([moved.id]);
      expect([...(await hotReads.get('seller', [moved.id, still.id])).keys()]).toEqual([still.id]);
    });

    test('a slow reader does not write over what a later one has stored', async () => {
      await using world = await open();
      const { hotReads } = world;
      const old = aSeller('Old');
      const slow = await hotReads.begin([old.id]);

      await hotReads.invalidate([old.id]);
      await keep(hotReads, { ...old, name: 'New' });

      expect(await hotReads.store(slow, 'seller', [old])).toEqual([old.id]);
      expect((await hotReads.get('seller', [old.id])).get(old.id)?.name).toBe('New');
    });

    test('an invalidation forgets the row, and refuses nobody who begins after it', async () => {
      await using world = await open();
      const { hotReads } = world;
      const seller = aSeller();
      await keep(hotReads, seller);

      await hotReads.invalidate([seller.id, newId('sell')]);

      expect((await hotReads.get('seller', [seller.id])).size).toBe(0);
      expect(await keep(hotReads, seller)).toEqual([]);
      expect((await hotReads.get('seller', [seller.id])).size).toBe(1);
    });

    test('invalidating everything forgets all rows and voids all tickets, and nothing that comes later', async () => {
      await using world = await open();
      const { hotReads } = world;
      const [kept, underWay] = [aSeller(), aSeller()];
      await keep(hotReads, kept);
      await hotReads.invalidate([underWay.id]);
      const ticket = await hotReads.begin([underWay.id]);

      await hotReads.invalidateAll();

      expect((await hotReads.get('seller', [kept.id])).size).toBe(0);
      expect(await hotReads.store(ticket, 'seller', [underWay])).toEqual([underWay.id]);
      expect(await keep(hotReads, kept, underWay)).toEqual([]);
      expect((await hotReads.get('seller', [kept.id, underWay.id])).size).toBe(2);
    });

    test('readers who began together may all store', async () => {
      await using world = await open();
      const { hotReads } = world;
      const seller = aSeller();
      const tickets = await Promise.all([hotReads.begin([seller.id]), hotReads.begin([seller.id])]);

      for (const ticket of tickets) expect(await hotReads.store(ticket, 'seller', [seller])).toEqual([]);

      expect((await hotReads.get('seller', [seller.id])).get(seller.id)).toEqual(seller);
    });

    test('whoever asks after a change was told never gets what was before it, with many readers and writers at once', async () => {
      await using world = await open();
      const { hotReads } = world;
      const sellers = [aSeller(), aSeller()];
      const committed = new Map(sellers.map(({ id }) => [id as string, 0]));
      const told = new Map(committed);
      const old: string[] = [];
      let writing = 4;
      const write = async (): Promise<void> => {
        for (let times = 0; times < 50; times += 1) {
          const { id } = sellers[times % sellers.length] ?? aSeller();
          const version = (committed.get(id) ?? 0) + 1;
          committed.set(id, version);
          await (times % 10 === 9 ? hotReads.invalidateAll() : hotReads.invalidate([id]));
          told.set(id, Math.max(version, told.get(id) ?? 0));
        }
        writing -= 1;
      };
      const read = async (): Promise<void> => {
        for (let times = 0; writing > 0; times += 1) {
          const seller = sellers[times % sellers.length] ?? aSeller();
          const least = told.get(seller.id) ?? 0;
          const known = (await hotReads.get('seller', [seller.id])).get(seller.id);
          if (known !== undefined) {
            if (Number(known.name) < least) old.push(`${known.name}, not ${least}`);
            continue;
          }
          const ticket = await hotReads.begin([seller.id]);
          const read = { ...seller, name: String(committed.get(seller.id)) };
          for (let turns = times % 4; turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
          await hotReads.store(ticket, 'seller', [read]);
        }
      };

      await Promise.all([...Array.from({ length: 4 }, write), ...Array.from({ length: 8 }, read)]);

      expect(old).toEqual([]);
    });

    test('a row that the ticket does not name is refused', async () => {
      await using world = await open();
      const { hotReads } = world;
      const seller = aSeller();

      expect(await hotReads.store(await hotReads.begin([newId('sell')]), 'seller', [seller])).toEqual([seller.id]);
    });

    test('a row is gone a minute after it was stored, used or not', async () => {
      await using world = await open();
      const { hotReads } = world;
      const seller = aSeller();
      await keep(hotReads, seller);

      await world.pass(59_000);
      expect((await hotReads.get('seller', [seller.id])).size).toBe(1);
      await world.pass(2_000);

      expect((await hotReads.get('seller', [seller.id])).size).toBe(0);
    });
  });
}
