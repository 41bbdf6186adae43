import { describe, expect, test } from 'vitest';
import { printOnFailure } from './print-on-failure.ts';
import { inOneProcess, oneProcessPerApp, openedBy } from './set-ups.ts';
import { keepsEveryPromise, leavesEveryInvariantStanding } from './smoke-suite.ts';

describe(inOneProcess.name, () => {
  const opened = openedBy(inOneProcess, { from: 'seeded' });
  keepsEveryPromise(opened);
  leavesEveryInvariantStanding(opened);
});

describe(oneProcessPerApp.name, () => {
  const opened = openedBy(oneProcessPerApp, { from: 'seeded' });
  keepsEveryPromise(opened);
  leavesEveryInvariantStanding(opened);

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
    const { system } = opened();
    printOnFailure(system.logs);
    const ends = await system.stop();

    expect(ends).toEqual(
      ['gateway', 'notifications', 'orders', 'payments', 'products', 'users', 'payment-simulator'].map((name) => ({ name, code: 0 })),
    );
  });
});
