import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { ours } from '../test/config.ts';
import { aLaunch, isAlive } from '../test/launch.ts';
import { createSupervisor, type SupervisorOptions } from './supervisor.ts';

/** A supervisor, and what it was told. */
function aSupervisor(options: Partial<Pick<SupervisorOptions, 'readyWithinMs' | 'stopWithinMs'>> = {}) {
  const [lines, unasked]: [string[], string[]] = [[], []];
  const supervisor = createSupervisor({
    ours,
    onLine: (name, line) => void lines.push(`${name}: ${line}`),
    onUnaskedEnd: (name, { code, signal }, last) => void unasked.push(`${name} ${String(code ?? signal)}: ${last.join(' / ')}`),
    ...options,
  });
  return { supervisor, lines, unasked, [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose]() };
}

test('a process is started when its URL answers, and its lines carry its name', async () => {
  await using world = aSupervisor();
  const launch = await aLaunch('orders');

  await world.supervisor.start(launch);

  expect((await fetch(launch.url)).status).toBe(200);
  expect(world.supervisor.running()).toEqual(['orders']);
  expect(await world.supervisor.stop('orders')).toMatchObject({ name: 'orders', code: 0, asked: true });
  expect(world.lines).toEqual([expect.stringMatching(/^orders: \{"level":"info".*"at work"\}$/), 'orders: bye']);
  expect(world.unasked).toEqual([]);
  expect(world.supervisor.running()).toEqual([]);
});

test('a process that ends on its way fails the start with its last line', async () => {
  await using world = aSupervisor();
  await expect(world.supervisor.start(await aLaunch('orders', 'fails to start'))).rejects.toThrow(
    'orders ended with exit code 1; it said last: orders cannot start: the port is taken',
  );
  expect(world.unasked).toEqual([]);
});

test('a process that does not get ready in time fails the start', async () => {
  await using world = aSupervisor({ readyWithinMs: 400 });
  await expect(world.supervisor.start(await aLaunch('orders', 'is never ready'))).rejects.toThrow(/^orders is not ready after 0 s/);
});

test('an end that nobody asked for is told with the last lines, and is not mended until somebody asks', async () => {
  await using world = aSupervisor();
  const launch = await aLaunch('orders');
  await world.supervisor.start(launch);

  await fetch(`${launch.url}/die`).catch(() => undefined);
  await eventually(() => world.unasked.length > 0);

  expect(world.unasked).toEqual([expect.stringMatching(/^orders 3: .*"at work".* \/ out of memory$/)]);
  expect(world.supervisor.running()).toEqual([]);
  expect(await world.supervisor.stop('orders')).toMatchObject({ code: 3, asked: false });
  await world.supervisor.start(launch);
  expect(await world.supervisor.stop('orders')).toMatchObject({ code: 0, asked: true });
});

test('a process that runs is not started twice', async () => {
  await using world = aSupervisor();
  const launch = await aLaunch('orders');
  await world.supervisor.start(launch);
  await expect(world.supervisor.start(launch)).rejects.toThrow('orders runs already');
});

test('a process that does not heed SIGTERM is killed when patience ends', async () => {
  await using world = aSupervisor({ stopWithinMs: 300 });
  await world.supervisor.start(await aLaunch('orders', 'ignores signals'));

  const stopped = await world.supervisor.stop('orders');

  expect(stopped).toMatchObject({ code: null, signal: 'SIGKILL', asked: true });
  expect(stopped.drainMs).toBeGreaterThanOrEqual(300);
  expect(world.lines).toContain('orders: not now');
});

test('disposal leaves nothing behind, and tells of nothing', async () => {
  const world = aSupervisor();
  await world.supervisor.start(await aLaunch('orders', 'ignores signals'));
  const pid = world.supervisor.pid('orders')!;

  await world[Symbol.asyncDispose]();

  expect(isAlive(pid)).toBe(false);
  expect(world.unasked).toEqual([]);
});
