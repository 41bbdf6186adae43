import { cloneDatabase } from '@tally/testkit';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { untilNextDue } from './late-operations.ts';

test('nothing is due while nothing waits, so that an idle simulator asks nobody', async () => {
  await using clone = await cloneDatabase();
  await using db = openDatabase(clone.urls.simulator.app, () => undefined);

  const whenEmpty = await untilNextDue(db);
  await db.query(
    `INSERT INTO late_operation (due_at, request, verdict, behaviour) VALUES (now() + interval '10 s', '{}', 'succeed', 'late:10000')`,
  );
  const whenWaiting = await untilNextDue(db);
  await db.query(`UPDATE late_operation SET due_at = now() - interval '1 s'`);

  expect(whenEmpty).toBeNull();
  expect(whenWaiting).toBeGreaterThan(5_000);
  expect(await untilNextDue(db)).toBe(0);
});
