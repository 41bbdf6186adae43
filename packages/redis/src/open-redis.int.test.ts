import { connect, createServer } from 'node:net';
import { createLogger, StartupError, type Logger } from '@tally/runtime';
import { startRedis } from '@tally/infra';
import { eventually, freshKey, infra } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import type { RedisAddress } from './address.ts';
import { openRedis, type RedisOptions } from './open-redis.ts';
import { RedisAwayError } from './connection.ts';

interface Line {
  readonly level: string;
  readonly msg: string;
}

/** A logger, and what it was told. */
function listening(): { readonly logger: Logger; readonly lines: Line[] } {
  const lines: Line[] = [];
  return { lines, logger: createLogger({ service: 'test', write: (line) => lines.push(JSON.parse(line) as Line) }) };
}

const at = (port: number, more: Partial<RedisAddress> = {}): RedisAddress => ({
  host: '127.0.0.1',
  port,
  tls: false,
  username: null,
  password: null,
  database: 0,
  prefix: `${freshKey('redis')}:`,
  ...more,
});

const open = (port: number, logger: Logger, options: Partial<RedisOptions> = {}) =>
  openRedis({ address: at(port), name: 'test', logger, ...options });

/** A port where nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Nothing is answered for so long, to anybody; sent beside the connection under test. */
async function pause(port: number, ms: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`CLIENT PAUSE ${String(ms)} ALL\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
}

describe.skipIf(infra.redisUrl === null)('a connection to Redis', () => {
  test('commands and scripts are answered, also by a server that has forgotten the script', async () => {
    await using server = await startRedis();
    const { logger, lines } = listening();
    await using redis = await open(server.port, logger);
    const key = `${redis.prefix}number`;
    const add = redis.script('return redis.call("INCRBY", KEYS[1], ARGV[1])');

    expect(redis.state).toBe('ok');
    expect(await redis.run((to) => to.set(key, 1))).toBe('OK');
    expect(await add([key], [2])).toBe(3);
    await redis.run((to) => to.script('FLUSH'));
    expect(await add([key], [2])).toBe(5);
    expect(lines).toEqual([]);
  });

  test('a server that stops is told of once, and once when it is back; meanwhile nobody waits', { timeout: 30_000 }, async () => {
    await using server = await startRedis();
    const { logger, lines } = listening();
    await using redis = await open(server.port, logger);
    const back: string[] = [];
    using _ = redis.onBack(() => back.push(redis.state));

    await server.stop();
    await eventually(() => redis.state === 'down');
    const started = performance.now();
    for (let times = 0; times < 1_000; times += 1) await expect(redis.run((to) => to.ping())).rejects.toThrow(RedisAwayError);
    expect(performance.now() - started).toBeLessThan(1_000);

    await server.start();
    await eventually(() => redis.state === 'ok', { timeoutMs: 10_000 });
    expect(await redis.run((to) => to.ping())).toBe('PONG');
    expect(back).toEqual(['ok']);
    expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      `warn Redis at 127.0.0.1:${String(server.port)} (REDIS_URL) is away: going on without it. Start it, or correct the URL`,
      `warn Redis at 127.0.0.1:${String(server.port)} is back`,
    ]);
  });

  test('what was under way when the server died fails, and is not sent again', { timeout: 30_000 }, async () => {
    await using server = await startRedis();
    await using redis = await open(server.port, listening().logger, { deadlineMs: 20_000 });
    const key = `${redis.prefix}count`;
    await pause(server.port, 60_000);

    const underWay = redis.run((to) => to.incr(key));
    const failed = expect(underWay).rejects.toThrow(RedisAwayError);
    await server.kill();
    await failed;

    await server.start();
    await eventually(() => redis.state === 'ok', { timeoutMs: 10_000 });
    expect(await redis.run((to) => to.get(key))).toBeNull();
  });

  test('a slow server costs one command the deadline, the others nothing, until it is quick again', { timeout: 30_000 }, async () => {
    await using server = await startRedis();
    const { logger, lines } = listening();
    await using redis = await open(server.port, logger, { deadlineMs: 50 });
    await pause(server.port, 1_500);

    const started = performance.now();
    await expect(redis.run((to) => to.ping())).rejects.toThrow(RedisAwayError);
    for (let times = 0; times < 100; times += 1) await expect(redis.run((to) => to.ping())).rejects.toThrow(RedisAwayError);

    expect(performance.now() - started).toBeLessThan(1_000);
    expect(redis.state).toBe('down');
    await eventually(() => redis.state === 'ok', { timeoutMs: 10_000 });
    expect(performance.now() - started).toBeGreaterThan(1_000);
    expect(lines).toHaveLength(2);
  });

  test('a process that was busy itself takes no quick server for a slow one', async () => {
    await using server = await startRedis();
    await using redis = await open(server.port, listening().logger, { deadlineMs: 20 });

    const answer = redis.run((to) => to.ping());
    const until = performance.now() + 200;
    while (performance.now() < until);

    expect(await answer).toBe('PONG');
    expect(redis.state).toBe('ok');
  });

  test('what the server refuses is an error of that command, said once a minute, and no outage', async () => {
    await using server = await startRedis();
    const { logger, lines } = listening();
    await using redis = await open(server.port, logger);
    const key = `${redis.prefix}text`;
    await redis.run((to) => to.set(key, 'text'));

    for (let times = 0; times < 3; times += 1) await expect(redis.run((to) => to.incr(key))).rejects.toThrow(/not an integer/);

    expect(redis.state).toBe('ok');
    expect(lines.map(({ msg }) => msg)).toEqual([`Redis at 127.0.0.1:${String(server.port)} refuses a command: going on without it`]);
  });

  test.each([
    ['no password', {}, /^Redis at 127\.0\.0\.1:\d+ \(REDIS_URL\): it wants a password/],
    ['a wrong password', { password: 'hunter2' }, /^Redis at 127\.0\.0\.1:\d+ \(REDIS_URL\): wrong user or password/],
    ['a wrong user', { username: 'nobody', password: 'correct' }, /^Redis at 127\.0\.0\.1:\d+ \(REDIS_URL\): wrong user or password/],
    ['no such database', { password: 'correct', database: 99 }, /^Redis at 127\.0\.0\.1:\d+ \(REDIS_URL\): no such database/],
  ] as const)('%s ends the start in one line without secrets', async (_, more, line) => {
    await using server = await startRedis({ password: 'correct' });

    const refused = await openRedis({ address: at(server.port, more), name: 'test', logger: listening().logger }).catch(
      (error: unknown) => error,
    );

    expect(refused).toBeInstanceOf(StartupError);
    expect((refused as Error).message).toMatch(line);
    expect((refused as Error).message).not.toMatch(/hunter2|correct@|\n/);
  });

  test(
    'a server that is away at the start is said so without the password, and is used once it is there',
    { timeout: 30_000 },
    async () => {
      const port = await freePort();
      const { logger, lines } = listening();
      const started = performance.now();
      await using redis = await openRedis({ address: at(port, { password: 'hunter2' }), name: 'test', logger });

      expect(performance.now() - started).toBeLessThan(1_500);
      expect(redis.state).toBe('down');
      expect(lines.map(({ msg }) => msg)).toEqual([
        `Redis at 127.0.0.1:${String(port)} (REDIS_URL) is away: going on without it. Start it, or correct the URL`,
      ]);
      expect(JSON.stringify(lines)).not.toMatch(/hunter2/);

      await using _ = await startRedis({ port, password: 'hunter2' });
      await eventually(() => redis.state === 'ok', { timeoutMs: 10_000 });
      expect(lines).toHaveLength(2);
    },
  );

  test('a server that takes the connection and says nothing delays the start by two seconds', async () => {
    await using stack = new AsyncDisposableStack();
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    stack.defer(() => {
      mute.close();
    });
    await new Promise((resolve) => mute.once('listening', resolve));
    const started = performance.now();

    const redis = stack.use(await open((mute.address() as { port: number }).port, listening().logger));

    expect(performance.now() - started).toBeGreaterThan(1_900);
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(redis.state).toBe('down');
  });
});
