import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { eventually } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { readMachine } from './config.ts';
import { findParts } from './find-parts.ts';

const { redis, kafka } = await findParts(readMachine());
/** So that nothing is started. */
const GIVEN = { REDIS_URL: 'redis://127.0.0.1:1', KAFKA_BROKERS: '127.0.0.1:1' };

test('a command that is run exits as it does itself, and finds what is given already', async () => {
  await using infra = started(['run', '--', 'sh', '-c', 'echo $REDIS_URL $KAFKA_BROKERS; exit 7'], GIVEN);

  expect(await infra.ended).toBe(7);
  expect(infra.printed()).toBe('redis://127.0.0.1:1 127.0.0.1:1\n');
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches the command that is run, whose answer to it counts', async (signal) => {
  await using infra = started(['run', 'sh', '-c', `trap 'echo heard; exit 5' TERM INT; echo waits; while :; do sleep 0.05; done`], GIVEN);
  await eventually(() => infra.printed() === 'waits\n', { timeoutMs: 20_000 });

  infra.process.kill(signal);

  expect(await infra.ended).toBe(5);
  expect(infra.printed()).toBe('waits\nheard\n');
});

test('a command that a signal ends, and one that is not there, exit as in a shell', async () => {
  await using killed = started(['run', 'sh', '-c', 'kill -9 $$'], GIVEN);
  await using absent = started(['run', 'no-such-command'], GIVEN);

  expect(await killed.ended).toBe(137);
  expect(await absent.ended).toBe(127);
  expect(absent.said()).toContain('no-such-command');
});

test('an argument that makes no sense is answered in one line', async () => {
  await using infra = started(['bring']);

  expect(await infra.ended).toBe(2);
  expect(infra.said()).toMatch(/^infra does not know bring; usage: npm run infra .*\n$/);
});

describe('on a machine without anything', () => {
  const bare = { PATH: '/nowhere', JAVA_HOME: '' };

  test('check names each part that is missing, and fails', async () => {
    await using infra = started(['check'], bare);

    expect(await infra.ended).toBe(1);
    expect(infra.said()).toMatch(/^redis missing: no redis-server .*\nkafka missing: no Java .*\n$/);
  });

  test('a command that makes do with what there is runs, and what is missing is said before and after', async () => {
    await using infra = started(['run', '--available', process.execPath, '-p', '"ran"'], bare);

    expect(await infra.ended).toBe(0);
    expect(infra.printed()).toBe('ran\n');
    expect(infra.said().match(/no redis-server on the PATH/g)).toHaveLength(2);
  });

  test('a command that needs everything does not run', async () => {
    await using infra = started(['run', process.execPath, '-p', '"ran"'], bare);

    expect(await infra.ended).toBe(1);
    expect(infra.printed()).toBe('');
    expect(infra.said()).toMatch(/^infra: Install redis-server, default-jre-headless/m); // Maven too, where the jars are not there
  });
});

describe.skipIf(!redis.found)('with a Redis', () => {
  test('the servers of a command end with it', async () => {
    await using infra = started(['run', '--redis', 'sh', '-c', 'echo $REDIS_URL']);

    expect(await infra.ended).toBe(0);
    expect(await isOpen(infra.printed())).toBe(false);
  });

  test('in the foreground it prints what to export, and a signal ends it in order', async () => {
    await using infra = started(['--redis']);
    await eventually(() => infra.printed().includes('\n'), { timeoutMs: 20_000 });
    expect(infra.printed()).toMatch(/^export REDIS_URL=redis:\/\/127\.0\.0\.1:\d+\n$/);
    expect(await isOpen(infra.printed())).toBe(true);

    infra.process.kill('SIGTERM');

    expect(await infra.ended).toBe(0);
    expect(await isOpen(infra.printed())).toBe(false);
  });

  test('no server outlives a process that was killed', async () => {
    await using infra = started(['--redis']);
    await eventually(() => infra.printed().includes('\n'), { timeoutMs: 20_000 });

    infra.process.kill('SIGKILL');

    await infra.ended;
    await eventually(async () => expect(await isOpen(infra.printed())).toBe(false));
  });
});

describe.skipIf(!kafka.found)('with a Kafka', () => {
  test('a command finds a broker that answers, and the terminal stays calm', async () => {
    await using infra = started(['run', '--kafka', 'sh', '-c', 'echo $KAFKA_BROKERS']);

    expect(await infra.ended).toBe(0);
    expect(infra.printed()).toMatch(/^127\.0\.0\.1:\d+\n$/);
    expect(infra.said()).toMatch(/^kafka at 127\.0\.0\.1:\d+ in \d+\.\d s\n$/);
  });
});

/** The program as a terminal starts it, without the variables of the run that tests it. */
function started(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const { path, javaHome } = readMachine();
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, ...args], {
    env: { PATH: path, JAVA_HOME: javaHome ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => code);
  return {
    process: child,
    ended,
    printed: () => printed,
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** True when somebody listens at the address in a text. */
async function isOpen(text: string): Promise<boolean> {
  const port = Number(/:(\d+)\s*$/.exec(text)?.[1]);
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
