import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { openWorld } from '../src/client/world.ts';
import { buyAndReceive } from '../src/scenarios/buy-and-receive.ts';
import { cancelAfterCapture } from '../src/scenarios/cancel-after-capture.ts';
import { twentyClicks } from '../src/scenarios/twenty-clicks.ts';
import { printOnFailure } from './print-on-failure.ts';
import type { Balanced, Shop } from './set-ups.ts';

const subgraphs = ['users', 'products', 'payments', 'orders', 'notifications'] as const;

/** What two gateways, and two workers of each subgraph, are for. */
export function sharesItsWork(opened: () => Shop<Balanced>): void {
  const running = (): Balanced => {
    const { system } = opened();
    printOnFailure(system.logs);
    return system;
  };

  test('the shop is the same through either gateway', async () => {
    const { urls, gateways } = running();
    const [one = '', other = ''] = gateways;
    await using first = openWorld({ ...urls, gateway: one });
    await using second = openWorld({ ...urls, gateway: other });
    await Promise.all([buyAndReceive.run(first), twentyClicks.run(second)]);
  });

  test('a worker tells how it is, and answers nothing else', async () => {
    const workers = running().processes.filter(({ roles }) => !roles.includes('api'));
    expect(workers).toHaveLength(10);
    for (const { name, url } of workers) {
      const ready = await fetch(`${url}/health/ready`);
      expect([name, ready.status, await ready.json()]).toMatchObject([name, 200, { status: 'ready', dependencies: { database: 'ok' } }]);
      const asked = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
      expect([name, asked.status]).toEqual([name, 404]);
    }
  });

  test('one relay of each outbox is at work', async () => {
    const { metric } = running();
    for (const name of subgraphs) {
      await eventually(async () => {
        const active = await Promise.all([`${name}-worker`, `${name}-worker-2`].map((worker) => metric('relay_active', {}, worker)));
        expect(active.toSorted()).toEqual([0, 1]);
      });
    }
  });

  test('while one worker of each subgraph is away, the other does all of the work', async () => {
    const { stopOne, startAgain } = running();
    const { world } = opened();
    const away = subgraphs.map((name) => `${name}-worker`);
    await Promise.all(away.map(stopOne));
    await cancelAfterCapture.run(world);
    await Promise.all(away.map(startAgain));
    await buyAndReceive.run(world);
  });
}

/** To be called last. */
export function stopsInOrder(opened: () => Shop<Balanced>): void {
  test('every process ends with 0 on SIGTERM, gateways first', async () => {
    const { system } = opened();
    printOnFailure(system.logs);
    const ends = await system.stop();
    expect(ends).toHaveLength(18);
    expect(ends.filter(({ code }) => code !== 0)).toEqual([]);
    expect(ends.map(({ name }) => name).slice(0, 3)).toEqual(['gateway', 'gateway-2', 'notifications-api']);
    expect(ends.at(-1)?.name).toBe('payment-simulator');
  });
}
