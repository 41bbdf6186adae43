import { expect, test } from 'vitest';
import { aSubgraph } from '../../test/subgraph-world.ts';
import { forgetHandled } from './maintenance.ts';

const days = (number: number): string => `now() - interval '${String(number)} days'`;

test('what was handled a month ago is forgotten; what is younger, parked or another consumer’s is not', async () => {
  await using world = await aSubgraph();
  const row = (consumer: string, state: string, seen: string) =>
    `(${[`'${consumer}'`, 'gen_random_uuid()', `'${state}'`, seen].join(', ')})`;
  await world.admin.execute(
    `INSERT INTO payments.inbox (consumer, event_id, state, seen_at) VALUES ${[
      row('payments', 'DONE', days(31)),
      row('payments', 'DONE', days(29)),
      row('payments', 'PARKED', days(31)),
      row('other', 'DONE', days(31)),
    ].join(', ')}`,
  );

  await world.transact((sql) => forgetHandled(sql, 'payments'));

  expect(await world.admin.rows(`SELECT consumer, state FROM payments.inbox ORDER BY consumer, state`)).toEqual([
    { consumer: 'other', state: 'DONE' },
    { consumer: 'payments', state: 'DONE' },
    { consumer: 'payments', state: 'PARKED' },
  ]);
  expect(
    await world.admin.number(
      `SELECT count(*) FROM payments.inbox WHERE consumer = 'payments' AND state = 'DONE' AND seen_at > ${days(30)}`,
    ),
  ).toBe(1);
});

test('more than a batch is forgotten at once, and letters only once they were redriven', async () => {
  await using world = await aSubgraph();
  await world.admin.execute(
    `INSERT INTO payments.inbox (consumer, event_id, state, seen_at) SELECT 'payments', gen_random_uuid(), 'DONE', ${days(31)} FROM generate_series(1, 2500)`,
  );
  await world.admin.execute(
    `INSERT INTO payments.dead_letter (consumer, topic, partition, position, key, event_id, sequence, type, payload, recorded_at, error_class, error, attempts, redriven_at)
     SELECT 'payments', 'a.v1', 0, n, 'key', gen_random_uuid(), n, 'T', '{}', ${days(60)}, 'Error', 'no', 1, CASE n WHEN 1 THEN ${days(31)} WHEN 2 THEN ${days(29)} END
     FROM generate_series(1, 3) AS n`,
  );

  await world.transact((sql) => forgetHandled(sql, 'payments'));

  expect(await world.admin.number('SELECT count(*) FROM payments.inbox')).toBe(0);
  expect(
    (await world.admin.rows('SELECT sequence::int FROM payments.dead_letter ORDER BY sequence')).map(({ sequence }) => sequence),
  ).toEqual([2, 3]);
});
