import { cloneDatabase } from '@tally/testkit';
import { afterAll, beforeAll, describe, expect, inject, onTestFailed, test } from 'vitest';
import { createPeople } from '../src/client/people.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { scenarios } from '../src/smoke/scenarios.ts';
import { startAsProcesses, type AsProcesses } from '../src/topologies/as-processes.ts';
import { startInOneProcess } from '../src/topologies/in-one-process.ts';
import type { MigratedDatabase, Topology } from '../src/topologies/topology.ts';
import { cloneEmptyShop } from './empty-shop.ts';

const seeded = inject('cluster').templates.seeded !== undefined;

/** Every scenario of the smoke against one system, one after the other as `npm run smoke` does. */
function holdsEveryPromise<System extends Topology>(start: (database: MigratedDatabase) => Promise<System>): { readonly system: () => System } {
  const stack = new AsyncDisposableStack();
  let running: { readonly system: System; readonly world: World } | undefined;
  const opened = (): { readonly system: System; readonly world: World } => {
    if (running === undefined) throw new Error('the system is not up');
    return running;
  };

  beforeAll(async () => {
    const database = stack.use(seeded ? await cloneDatabase({ from: 'seeded' }) : await cloneEmptyShop());
    const system = stack.use(await start(database));
    const world = stack.use(openWorld(system.urls, seeded ? undefined : (graph) => createPeople(graph, system.keys.users).staff()));
    running = { system, world };
  }, 120_000);
  afterAll(() => stack.disposeAsync(), 60_000);

  test.for(scenarios)('$title', async ({ run }) => {
    const { system, world } = opened();
    onTestFailed(() => {
      console.error(system.logs());
    });
    await run(world);
  });
  return { system: () => opened().system };
}

describe('in one process', () => {
  holdsEveryPromise(startInOneProcess);
});

describe('as one process per app', () => {
  const { system } = holdsEveryPromise<AsProcesses>(startAsProcesses);

  test('a subgraph answers nobody but the gateway', async () => {
    const { apps } = system();
    for (const name of ['users', 'products', 'orders', 'payments'] as const) {
      const response = await fetch(`${apps[name]}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
      expect([name, response.status]).toEqual([name, 401]);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }
  });

  test('every process ends with 0 on SIGTERM', async () => {
    const ends = await system().stop();

    expect(ends.map(({ name }) => name)).toEqual(['gateway', 'orders', 'payments', 'products', 'users', 'payment-simulator']);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
