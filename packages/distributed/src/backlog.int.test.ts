import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { untilCaughtUp } from './backlog.ts';

/** The metrics of a worker, page after page; the last one stays. */
async function aWorker(
  ...pages: readonly [string, ...string[]]
): Promise<AsyncDisposable & { readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const server: Server = createServer((_, response) => {
    response.end(pages[Math.min(asked, pages.length - 1)]);
    asked += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/metrics`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

const page = (facts: Readonly<Record<string, number>>): string =>
  `# HELP relay_active of an outbox\n${Object.entries(facts)
    .map(([name, value]) => `${name}{outbox="orders"} ${String(value)}\n`)
    .join('')}`;

const quiet = { relay_active: 1, outbox_pending: 0, outbox_parked: 0, consumer_parked_keys: 0, consumer_lag_records: 0 };
const caughtUp = (metricsUrls: readonly string[], patienceMs: number) => untilCaughtUp([{ subgraph: 'orders', metricsUrls }], patienceMs);

test('a system has caught up when it was quiet twice in a row', async () => {
  await using worker = await aWorker(
    page({ ...quiet, outbox_pending: 4 }),
    page(quiet),
    page({ ...quiet, consumer_lag_records: 1 }),
    page(quiet),
  );
  expect(await caughtUp([worker.url], 20_000)).toEqual([]);
  expect(worker.asked()).toBe(5);
});

test('rows that are parked are waited for by nobody', async () => {
  await using worker = await aWorker(page({ ...quiet, outbox_pending: 2, outbox_parked: 2 }));
  expect(await caughtUp([worker.url], 20_000)).toEqual([]);
});

test.each([
  ['a relay that is not at work', { ...quiet, relay_active: 0 }, ['the relay of orders is not at work yet']],
  ['what was not sent', { ...quiet, outbox_pending: 3, outbox_parked: 1 }, ['orders has 2 events to send']],
  ['what was not read', { ...quiet, consumer_lag_records: 7 }, ['orders has 7 events to read']],
  ['a log that is away', { relay_active: 1, consumer_parked_keys: 0 }, ['the log does not tell how far orders has read']],
])('when patience ends it says what is behind: %s', async (_, facts, behind) => {
  await using worker = await aWorker(page(facts));
  expect(await caughtUp([worker.url], 0)).toEqual(behind);
});

test('of two workers one has the relay, and both tell of the group', async () => {
  await using first = await aWorker(page({ ...quiet, consumer_lag_records: 7 }));
  await using second = await aWorker(page({ ...quiet, relay_active: 0, consumer_lag_records: 7 }));
  expect(await caughtUp([first.url, second.url], 0)).toEqual(['orders has 7 events to read']);
});

test('a worker that does not answer is not at work', async () => {
  const gone = await aWorker(page(quiet));
  await gone[Symbol.asyncDispose]();
  expect(await caughtUp([gone.url], 0)).toEqual(['the relay of orders is not at work yet']);
});
