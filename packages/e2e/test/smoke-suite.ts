import { checkInvariants } from '@tally/audit';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { scenarios } from '../src/smoke/scenarios.ts';
import { printOnFailure } from './print-on-failure.ts';
import type { Shop } from './set-ups.ts';

/** Every scenario of the smoke against one seeded shop, one after the other as `npm run smoke` does. */
export function keepsEveryPromise(opened: () => Shop): void {
  test.for(scenarios)('$title', async ({ run }) => {
    const { system, world } = opened();
    printOnFailure(system.logs);
    await run(world);
  });
}

/** To be called once all others have been. */
export function leavesEveryInvariantStanding(opened: () => Shop): void {
  test('all of it leaves every invariant standing', async () => {
    const { database, system, world } = opened();
    printOnFailure(system.logs);
    await eventually(
      async () => {
        const [ledger, log] = [await world.simulator.ledger(), await system.dump()];
        const findings = await checkInvariants({ auditorUrl: database.urls.auditor, ledger, ...(log === undefined ? {} : { log }) });
        expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
      },
      { timeoutMs: 20_000 },
    );
  });
}
