import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { freePort } from '../src/free-port.ts';
import { ours } from './config.ts';
import { isAlive, type Behaviour } from './launch.ts';

interface SmallSystem extends AsyncDisposable {
  readonly urls: readonly string[];
  readonly pids: readonly number[];
  readonly printed: () => readonly string[];
  readonly stderr: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<number | NodeJS.Signals | null>;
}

/** `small-system/main.ts` in a process of its own; resolves when all of it is ready. */
async function aSystem(behaviours: readonly Behaviour[] = [], style: 'plain' | 'json' = 'plain'): Promise<SmallSystem> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const child = spawn(process.execPath, [fileURLToPath(new URL('small-system/main.ts', import.meta.url))], {
    env: { PATH: ours['PATH'], PORTS: ports.join(','), BEHAVIOURS: behaviours.join(','), STYLE: style },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exit = (async () => {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal ?? code;
  })();
  const pids = await eventually(() => /ready ([\d ]+)/.exec(stdout)?.[1]?.split(' ').map(Number) ?? false, { timeoutMs: 20_000 });
  return {
    urls: ports.map((port) => `http://127.0.0.1:${String(port)}`),
    pids,
    printed: () => stdout.trimEnd().split('\n'),
    stderr: () => stderr,
    signal: (signal) => void child.kill(signal),
    exit,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exit;
    },
  };
}

const allGone = (pids: readonly number[]) => eventually(() => !pids.some(isAlive), { timeoutMs: 10_000 });

describe('a system that is asked to stop', () => {
  test('stops in order, says who said what, and exits 0', async () => {
    await using system = await aSystem();
    system.signal('SIGTERM');

    expect(await system.exit).toBe(0);
    expect(system.printed().map((line) => line.replace(/\d+ \d+ \d+/, '…'))).toEqual([
      'simulator  | 03:04:05.678 info  at work orderId=ord_1',
      'orders     | 03:04:05.678 info  at work orderId=ord_1',
      'gateway    | 03:04:05.678 info  at work orderId=ord_1',
      'supervisor | ready …',
      'gateway    | bye',
      'supervisor | gateway stopped',
      'orders     | bye',
      'supervisor | orders stopped',
      'simulator  | bye',
      'supervisor | simulator stopped',
    ]);
    expect(system.stderr()).toBe('');
    await allGone(system.pids);
  });

  test('leaves lines as they are where a program reads them, and names the process in each', async () => {
    await using system = await aSystem([], 'json');
    system.signal('SIGINT');

    expect(await system.exit).toBe(0);
    const lines = system.printed().map((line) => JSON.parse(line) as Readonly<Record<string, string>>);
    expect(lines[0]).toMatchObject({ process: 'simulator', level: 'info', service: 'simulator', msg: 'at work', orderId: 'ord_1' });
    expect(lines.slice(-2)).toEqual([
      { process: 'simulator', msg: 'bye' },
      { process: 'supervisor', msg: 'simulator stopped' },
    ]);
  });

  test('kills all at a second signal, and exits 1', async () => {
    await using system = await aSystem(['obeys', 'ignores signals']);
    system.signal('SIGTERM');
    await eventually(() => system.printed().some((line) => line.endsWith('not now')));
    system.signal('SIGINT');

    expect(await system.exit).toBe(1);
    expect(system.stderr()).toBe('tally: SIGINT again, leaving at once\n');
    await allGone(system.pids);
  });
});

test('a process that ends unasked takes nobody with it, and the exit code is 1', async () => {
  await using system = await aSystem();
  await fetch(`${system.urls[1] ?? ''}/die`).catch(() => undefined);
  await eventually(() => system.printed().includes('supervisor | orders has ended'));

  for (const url of [system.urls[0], system.urls[2]]) expect((await fetch(url ?? '')).status).toBe(200);
  system.signal('SIGTERM');

  expect(await system.exit).toBe(1);
  expect(system.printed().at(-1)).toBe('supervisor | stopped; orders ended with exit code 3 unasked');
  expect(system.stderr()).toBe('');
});

test('nobody outlives a supervisor that is killed', async () => {
  await using system = await aSystem();
  system.signal('SIGKILL');
  expect(await system.exit).toBe('SIGKILL');
  await allGone(system.pids);
});
