import { newId, type Id } from '@tally/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHotReads } from '../adapters/memory/hot-reads.ts';
import type { CatalogueReads } from '../ports/catalogue-reads.ts';
import { createHotCatalogue } from './hot-catalogue.ts';

const ids = [newId('sell'), newId('sell'), newId('sell')];
const anId = fc.constantFrom(...ids);

type Step =
  | { readonly kind: 'read'; readonly ids: readonly Id<'sell'>[] }
  | { readonly kind: 'land'; readonly which: number }
  | { readonly kind: 'write' | 'write elsewhere'; readonly id: Id<'sell'> }
  | { readonly kind: 'hear' | 'lose the log' | 'find the log' | 'find the log with a gap' | 'hear of something unknown' | 'settle' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('read' as const), ids: fc.uniqueArray(anId, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('land' as const), which: fc.nat(5) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('write' as const, 'write elsewhere' as const), id: anId }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('hear' as const, 'settle' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'lose the log' as const,
        'find the log' as const,
        'find the log with a gap' as const,
        'hear of something unknown' as const,
      ),
    }),
  },
);

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rows whose name is their version, read by statements that see the database when they begin and answer when they are told to. */
function openStage(maxRows: number) {
  const versions = new Map<string, number>(ids.map((id) => [id, 1]));
  /** What a read that begins now must at least see: this process wrote it, or was told of it. */
  const told = new Map(versions);
  const answers: (() => void)[] = [];
  const events: { readonly id: Id<'sell'>; readonly version: number }[] = [];
  const stale: string[] = [];
  const versionOf = (id: string): number => versions.get(id) ?? 0;
  const sellersById: CatalogueReads['sellersById'] = (wanted) => {
    const rows = wanted.map((id) => ({ id, slug: id, name: String(versionOf(id)) }));
    const answer = Promise.withResolvers<typeof rows>();
    answers.push(() => {
      answer.resolve(rows);
    });
    return answer.promise;
  };
  const hot = createHotCatalogue({
    reads: { sellersById } as CatalogueReads,
    hotReads: createHotReads({ maxRows }),
    telemetry: { hotRead: () => undefined, hotReadRefused: () => undefined },
  });
  const write = (id: Id<'sell'>): number => {
    versions.set(id, versionOf(id) + 1);
    return versionOf(id);
  };
  const tellAll = (): void => {
    for (const id of ids) told.set(id, versionOf(id));
  };

  async function read(wanted: readonly Id<'sell'>[]): Promise<void> {
    const least = new Map(told);
    const rows = await hot.reads.sellersById(wanted);
    if (rows.length !== wanted.length) stale.push(`${rows.length} of ${wanted.length} rows`);
    for (const { id, name } of rows) if (Number(name) < (least.get(id) ?? 0)) stale.push(`${id}: ${name}, not ${String(least.get(id))}`);
  }
  async function take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'read':
        void read(step.ids);
        return;
      case 'land':
        answers.splice(step.which % Math.max(1, answers.length), 1)[0]?.();
        return;
      case 'write':
        write(step.id);
        await hot.forget([step.id]);
        told.set(step.id, versionOf(step.id));
        return;
      case 'write elsewhere':
        events.push({ id: step.id, version: write(step.id) });
        return;
      case 'hear': {
        const event = events.shift();
        if (event === undefined) return;
        await hot.forget([event.id]);
        told.set(event.id, Math.max(event.version, told.get(event.id) ?? 0));
        return;
      }
      case 'lose the log':
        await hot.bypass();
        tellAll();
        return;
      case 'find the log with a gap':
        events.length = 0;
        await hot.serve();
        tellAll();
        return;
      case 'find the log':
        await hot.serve();
        tellAll();
        return;
      case 'hear of something unknown':
        await hot.forgetAll();
        tellAll();
        return;
      case 'settle':
        await settle();
    }
  }
  async function landAll(): Promise<void> {
    for (let rounds = 0; rounds < 5; rounds += 1) {
      for (const answer of answers.splice(0)) answer();
      await settle();
    }
  }
  /** Everything under way ends, every event arrives; then a read sees what the database holds. */
  async function quieten(): Promise<void> {
    await landAll();
    while (events.length > 0) await take({ kind: 'hear' });
    const last = hot.reads.sellersById(ids);
    await landAll();
    for (const { id, name } of await last) if (Number(name) !== versionOf(id)) stale.push(`${id}: still ${name}, not ${versionOf(id)}`);
  }
  return { hot, take, quieten, stale };
}

test('in whatever order reads, writes and events meet, nobody reads what was known to be old, and after quiet all is new', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (steps, maxRows) => {
      const { hot, take, quieten, stale } = openStage(maxRows);
      await hot.serve();

      for (const one of steps) await take(one);
      await quieten();

      expect(stale).toEqual([]);
    }),
    { numRuns: 1_500 },
  );
}, 60_000);
