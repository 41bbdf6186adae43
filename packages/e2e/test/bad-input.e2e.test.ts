import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../src/client/graph.ts';
import { openWorld } from '../src/client/world.ts';
import { startInOneProcess } from '../src/topologies/in-one-process.ts';
import { table } from './bad-input-cases.ts';
import { openShop, type Shop } from './bad-input-shop.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { rowsOf } from './rows.ts';

const stack = new AsyncDisposableStack();
let shop: Shop;
let auditorUrl: string;

beforeAll(async () => {
  const database = stack.use(await cloneEmptyShop());
  auditorUrl = database.urls.auditor;
  const system = stack.use(await startInOneProcess(database, { limits: 'load' }));
  const world = stack.use(openWorld(system.urls));
  shop = await openShop(world, system);
  await system.platform.caughtUp();
}, 120_000);
afterAll(() => stack.disposeAsync());

test.for(table)('$title is refused, and no row changes', async ({ send, answer: expected }) => {
  const before = await rowsOf(auditorUrl);

  const answer = await send(shop);

  expect([answer.status, ...codesOf(answer)], JSON.stringify(answer)).toEqual(expected);
  expect(await rowsOf(auditorUrl)).toEqual(before);
});

function codesOf({ data, errors }: Answer<unknown>): readonly string[] {
  const refused = Object.entries(
    (data ?? {}) as Readonly<Record<string, { readonly userErrors?: readonly { readonly code: string }[] } | null>>,
  );
  return [
    ...errors.map(({ extensions }) => extensions?.code ?? 'no code'),
    ...refused.flatMap(([field, payload]) => (payload?.userErrors ?? []).map(({ code }) => `${field} ${code}`)),
  ];
}
