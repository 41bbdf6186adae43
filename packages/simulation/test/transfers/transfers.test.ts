import { describe, expect, test } from 'vitest';
import { usualFaults } from '../../src/index.ts';
import { allGuards, type Guards } from './bank.ts';
import { transferHistory } from './history.ts';

test('money arrives once, whatever dies, is lost, late or repeated', async () => {
  const violations: string[] = [];
  const struck = new Map<string, number>();
  let kills = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const history = await transferHistory({ seed, count: 50 });
    violations.push(...history.violations.map((violation) => `seed ${seed}: ${violation}`));
    for (const [kind, times] of history.struck) struck.set(kind, (struck.get(kind) ?? 0) + times);
    kills += history.kills;
  }

  expect(violations).toEqual([]);
  expect(Object.keys(usualFaults).filter((kind) => !struck.has(kind))).toEqual([]);
  expect(kills).toBeGreaterThan(20);
}, 60_000);

test('a history is the same whenever it is told again', async () => {
  const first = await transferHistory({ seed: 11, count: 40 });

  expect(await transferHistory({ seed: 11, count: 40 })).toEqual(first);
});

test('a kind of fault that is left out never strikes, and without any nothing comes twice', async () => {
  const history = await transferHistory({ seed: 1, count: 40, most: {} });

  expect(history).toMatchObject({ violations: [], kills: 0, repeats: 0 });
  expect(history.struck.size).toBe(0);
});

describe('is found within a few histories when it is missing:', () => {
  test.each([
    ['the inbox', 'inbox'],
    ['the outbox in the transaction of its change', 'outboxInTransaction'],
    ['the mark after the append', 'markAfterAppend'],
  ] as const)(
    '%s',
    async (_, guard) => {
      const guards: Guards = { ...allGuards, [guard]: false };
      let violations: readonly string[] = [];
      let seed = 0;
      while (violations.length === 0 && seed < 60) ({ violations } = await transferHistory({ seed: (seed += 1), count: 50, guards }));

      expect(violations).not.toEqual([]);
    },
    60_000,
  );
});
