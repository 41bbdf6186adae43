import { checkInvariants } from '@tally/audit';
import { cloneDatabase, eventually, type ClonedDatabase } from '@tally/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { templatePepper } from '../../../prisma/seed/seed-template.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { scenarios } from '../src/smoke/scenarios.ts';
import { startAsProcesses, type AsProcesses } from '../src/topologies/as-processes.ts';
import { startInOneProcess } from '../src/topologies/in-one-process.ts';
import { freshKeys } from '../src/topologies/keys.ts';
import type { MigratedDatabase, Topology } from '../src/topologies/topology.ts';
import { printOnFailure } from './print-on-failure.ts';

type Start<System> = (database: MigratedDatabase, options: { readonly keys: Topology['keys'] }) => Promise<System>;

interface Opened<System> {
  readonly database: ClonedDatabase;
  readonly system: System;
  readonly world: World;
}

/** Every scenario of the smoke against one seeded system, one after the other as `npm run smoke` does. */
function keepsEveryPromise<System extends Topology>(start: Start<System>): () => Opened<System> {
  const stack = new AsyncDisposableStack();
  let running: Opened<System> | undefined;
  const opened = (): Opened<System> => {
    if (running === undefined) throw new Error('the system is not up');
    return running;
  };

  beforeAll(async () => {
    const database = stack.use(await cloneDatabase({ from: 'seeded' }));
    const system = stack.use(await start(database, { keys: { ...(await freshKeys()), pepper: templatePepper } }));
    running = { database, system, world: stack.use(openWorld(system.urls)) };
  }, 120_000);
  afterAll(() => stack.disposeAsync(), 60_000);

  test.for(scenarios)('$title', async ({ run }) => {
    const { system, world } = opened();
    printOnFailure(() => system.logs());
    await run(world);
  });

  test('all of it leaves every invariant standing', async () => {
    const { database, world } = opened();
    await eventually(async () => {
      const findings = await checkInvariants({ auditorUrl: database.urls.auditor, ledger: await world.simulator.ledger() });
      expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
    });
  });
  return opened;
}

describe('in one process', () => {
  keepsEveryPromise(startInOneProcess);
});

describe('as one process per app', () => {
  const opened = keepsEveryPromise<AsProcesses>(startAsProcesses);

  test('a subgraph answers nobody but the gateway', async () => {
    const { apps } = opened().system;
    for (const name of ['users', 'products', 'orders', 'payments', 'notifications'] as const) {
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
    const ends = await opened().system.stop();

    expect(ends).toEqual(
      ['gateway', 'notifications', 'orders', 'payments', 'products', 'users', 'payment-simulator'].map((name) => ({ name, code: 0 })),
    );
  });
});
