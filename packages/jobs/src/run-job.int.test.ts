import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { theNeglectedShop, type NeglectedShop } from '../test/neglected-shop.ts';
import { databases, jobs, leaseMs, runJob, toLines, type Job, type JobReport, type RunJobOptions } from './index.ts';

const program = fileURLToPath(new URL('../../embedded/src/job.ts', import.meta.url));
const jobOf = (name: Job['name']): Job => jobs.find((job) => job.name === name)!;
const urlsOf = (shop: NeglectedShop): RunJobOptions['urls'] => Object.fromEntries(databases.map((name) => [name, shop.urls[name].app]));

const run = (shop: NeglectedShop, name: Job['name'], options: Partial<RunJobOptions> = {}): Promise<JobReport> =>
  runJob({ job: jobOf(name), urls: urlsOf(shop), simulatorUrl: null, windowMs: 86_400_000, dryRun: false, ...options });
const partsOf = ({ parts }: JobReport) => Object.fromEntries(parts.map(({ part, counts, findings }) => [part, { counts, findings }]));
const countsOf = ({ parts }: JobReport) => parts.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0);

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly errors: string;
}

/** The job as an operator runs it: a process of its own. */
function spawned(shop: NeglectedShop, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const urls = Object.fromEntries(databases.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, shop.urls[name].app]));
  return new Promise((resolve) => {
    const options = { env: { ...urls, ...env } };
    const child = execFile(process.execPath, [program, ...args], options, (_, out, errors) => {
      resolve({ code: child.exitCode, signal: child.signalCode, out, errors });
    });
  });
}

test('expire-carts removes carts past their day, and none that an order lives from', async () => {
  await using shop = await theNeglectedShop();
  expect(partsOf(await run(shop, 'expire-carts'))).toEqual({ carts: { counts: { removed: 1_097 }, findings: [] } });
  expect(await shop.sql.number('SELECT count(*) FROM orders.cart')).toBe(4);
});

test('clean-outbox removes what nothing can need any more, and keeps what is parked, unpublished or young', async () => {
  await using shop = await theNeglectedShop();
  const before = await shop.sql.number('SELECT count(*) FROM orders.outbox');

  const report = partsOf(await run(shop, 'clean-outbox'));

  expect(report['orders outbox']).toEqual({ counts: { removed: 1_097 }, findings: [] });
  expect(report['payments inbox']).toEqual({ counts: { removed: 7 }, findings: [] });
  expect(report['users idempotency']).toEqual({ counts: { removed: 4 }, findings: [] });
  expect(await shop.footprint()).toMatchObject({ outbox: before - 1_097, keys: 6 });
});

test('sync-inventory reports stock and reservations as they are, and mends the search alone', async () => {
  await using shop = await theNeglectedShop();

  const report = partsOf(await run(shop, 'sync-inventory'));

  expect(report).toEqual({
    stock: { counts: { variants: 1, different: 1 }, findings: [`${shop.variant}: 7 + 0 in stock, movements say 8 + 0`] },
    reservations: {
      counts: { reservations: 1, orphaned: 1 },
      findings: [`${shop.cancelled}: its units are still reserved, it is CANCELLED`],
    },
    search: { counts: { products: 1, mended: 1 }, findings: [] },
  });
  expect(await shop.footprint()).toMatchObject({ search: [{ in_stock: true }], stock: [{ available: 7, reserved: 0 }] });
});

test('reconcile-orders wakes what is overdue, has doubts enquired, and puts differing books before a person once', async () => {
  await using shop = await theNeglectedShop();

  const report = partsOf(await run(shop, 'reconcile-orders'));

  const why = 'the books differ: PROCESSING and owes 2500, payments holds 2400';
  expect(report).toMatchObject({
    deadlines: { counts: { woken: 1 } },
    doubts: { counts: { enquired: 1 } },
    books: { counts: { orders: 2, different: 1, flagged: 1, 'without the provider’s books': 2 }, findings: [`${shop.order}: ${why}`] },
  });
  expect(await shop.sql.rows('SELECT attention FROM orders.saga WHERE needs_attention')).toEqual([{ attention: why }]);
  expect(await shop.sql.number('SELECT captured FROM payments.payment')).toBe(2_400);
  expect(partsOf(await run(shop, 'reconcile-orders'))).toMatchObject({
    deadlines: { counts: { woken: 0 } },
    doubts: { counts: { enquired: 0 } },
    books: { counts: { different: 1, flagged: 0 } },
  });
});

test('an order that moves while its books are compared is left alone', async () => {
  await using shop = await theNeglectedShop();
  const compare = jobOf('reconcile-orders').parts.find(({ name }) => name === 'books')!;
  const job: Job = {
    ...jobOf('reconcile-orders'),
    parts: [
      {
        ...compare,
        async batch(cursor, around) {
          const step = await compare.batch(cursor, around);
          await shop.sql.rows('UPDATE orders.saga SET version = version + 1');
          return step;
        },
      },
    ],
  };
  expect(partsOf(await run(shop, 'reconcile-orders', { job }))).toMatchObject({ books: { counts: { different: 1, flagged: 0 } } });
  expect(await shop.sql.number('SELECT count(*) FROM orders.saga WHERE needs_attention')).toBe(0);
});

test.each(jobs)('a dry run of $name counts what there is to do and changes nothing', async ({ name }) => {
  await using shop = await theNeglectedShop();
  const before = await shop.footprint();
  const dry = await run(shop, name, { dryRun: true });
  expect(await shop.footprint()).toEqual(before);
  const real = await run(shop, name);
  expect(dry.parts.map(({ findings }) => findings)).toEqual(real.parts.map(({ findings }) => findings));
  if (name !== 'reconcile-orders') expect(countsOf(dry)).toBe(countsOf(real));
});

test.each(jobs)(
  '$name, killed after any of its batches and run again, comes to the same end',
  async ({ name }) => {
    await using calm = await theNeglectedShop();
    await run(calm, name);
    await using shop = await theNeglectedShop();

    let kills = 0;
    // The next run of a killed one waits for its lease; here it runs out at once.
    const leaseRunsOut = () =>
      Promise.all(
        databases.map((database) =>
          shop.sql.rows(`UPDATE ${database}.job_lease SET lease_until = now() - interval '1 s' WHERE owner IS NOT NULL`),
        ),
      );
    for (const at of [1, 2, 2]) {
      const killed = await spawned(shop, [name], { CRASH_POINT: `job.${name}.batch:${String(at)}` });
      if (killed.signal === 'SIGKILL') kills += 1;
      await leaseRunsOut();
    }
    const last = await spawned(shop, [name, '--json']);

    expect(kills).toBeGreaterThanOrEqual(2);
    expect([last.signal, last.errors]).toEqual([null, '']);
    const ignoringNames = (print: unknown) => JSON.stringify(print).replaceAll(/ord_[0-9a-f]{32}/g, 'ord');
    expect(ignoringNames(await shop.footprint())).toBe(ignoringNames(await calm.footprint()));
  },
  120_000,
);

test('what a killed run has done is in the report of the one that goes on', async () => {
  await using shop = await theNeglectedShop();
  await spawned(shop, ['expire-carts'], { CRASH_POINT: 'job.expire-carts.batch:2' });
  expect(await shop.sql.number('SELECT count(*) FROM orders.cart')).toBe(101);

  const busy = await spawned(shop, ['expire-carts']);
  expect([busy.code, busy.out]).toEqual([3, 'expire-carts\n  carts                      another process runs it\n']);
  await shop.sql.rows(`UPDATE orders.job_lease SET lease_until = now() - interval '1 s'`);

  const last = await spawned(shop, ['expire-carts']);
  expect([last.code, last.out]).toEqual([0, 'expire-carts\n  carts                      removed 1097\n']);
});

test('a process that was taken over writes nothing more', async () => {
  await using shop = await theNeglectedShop();
  const [carts] = jobOf('expire-carts').parts;
  const taken: Job = {
    ...jobOf('expire-carts'),
    parts: [
      {
        ...carts!,
        async batch(cursor, around) {
          const step = await carts!.batch(cursor, around);
          if (cursor !== null) await shop.sql.rows('UPDATE orders.job_lease SET fence = fence + 1');
          return step;
        },
      },
    ],
  };
  await expect(run(shop, 'expire-carts', { job: taken })).rejects.toMatchObject({ name: 'LeaseLostError' });
  expect(await shop.sql.number('SELECT count(*) FROM orders.cart')).toBe(601);
  expect(leaseMs).toBeLessThanOrEqual(60_000);
});

test('two at once share nothing: one runs, the other says so', async () => {
  await using shop = await theNeglectedShop();
  const reports = await Promise.all([run(shop, 'expire-carts'), run(shop, 'expire-carts')]);
  expect(reports.map(countsOf).reduce((sum, count) => sum + count, 0)).toBe(1_097);
  expect(await shop.sql.number('SELECT count(*) FROM orders.cart')).toBe(4);
});

test('differences end with exit code 1, misuse with 2 and one line', async () => {
  await using shop = await theNeglectedShop();
  const differing = await spawned(shop, ['sync-inventory', '--dry-run']);
  expect([differing.code, differing.out]).toEqual([1, expect.stringContaining('dry run: nothing was changed')]);
  const unknown = await spawned(shop, ['sync']);
  expect([unknown.code, unknown.errors]).toEqual([
    2,
    'job: there is no job sync: reconcile-orders, sync-inventory, expire-carts, clean-outbox\n',
  ]);
  expect(await spawned(shop, ['expire-carts', '--window', 'x'])).toMatchObject({ code: 2 });
  expect(await spawned(shop, ['--help'])).toMatchObject({ code: 0, errors: '' });
});

test('parts without a database are left out and named', async () => {
  await using shop = await theNeglectedShop();
  const { orders } = urlsOf(shop);
  const report = await run(shop, 'reconcile-orders', { urls: { orders: orders ?? '' } });
  expect(report.leftOut).toEqual(['payments/doubts']);
  expect(toLines(report).join('\n')).toContain('payments/doubts            left out: its database was not given');
  expect(partsOf(report)['books']).toEqual({ counts: { 'not compared': 1 }, findings: [] });
  await expect(run(shop, 'sync-inventory', { urls: { orders: orders ?? '' } })).rejects.toThrow(
    'sync-inventory has no database to run on: set PRODUCTS_DATABASE_URL.',
  );
});
