import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StartupError } from '@tally/runtime';
import pg from 'pg';
import { expect, test } from 'vitest';
import { isAlive } from './cluster-folder.ts';
import { eraseEmbeddedPostgres, openEmbeddedPostgres } from './open-embedded-postgres.ts';

test('a cluster keeps its rows and its password from one start to the next', async () => {
  await using folder = await aFolder();
  {
    await using first = await openEmbeddedPostgres({ dataDir: folder.path });
    expect(first.adopted).toBe(false);
    await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  }

  await using second = await openEmbeddedPostgres({ dataDir: folder.path });

  expect(second.adopted).toBe(false);
  expect(await query(second.adminUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('disposal stops the server and leaves a cluster that needs no recovery', async () => {
  await using folder = await aFolder();
  const { pid } = await (async () => {
    await using server = await openEmbeddedPostgres({ dataDir: folder.path });
    return { pid: server.pid };
  })();

  expect(isAlive(pid)).toBe(false);
  expect(await readFile(join(folder.path, 'postgres', 'server.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
});

test('a durable server syncs to disk and takes every connection of the plan', async () => {
  await using folder = await aFolder();
  await using server = await openEmbeddedPostgres({ dataDir: folder.path });

  const settings = await query(
    server.adminUrl,
    "SELECT current_setting('fsync') AS fsync, current_setting('max_connections')::int AS connections",
  );

  expect(settings).toEqual([{ fsync: 'on', connections: 119 }]);
});

test('password and cluster are closed to other users of the machine', async () => {
  await using folder = await aFolder();
  await using _server = await openEmbeddedPostgres({ dataDir: folder.path });

  expect((await stat(join(folder.path, 'postgres'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder.path, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
});

test('a server left running by a killed process is adopted with its rows', async () => {
  await using folder = await aFolder();
  const killed = await anOwnerIn(folder.path);
  await query(killed.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await killed.kill();

  await using server = await openEmbeddedPostgres({ dataDir: folder.path });

  expect(server).toMatchObject({ adopted: true, port: killed.port, pid: killed.pid });
  expect(await query(server.adminUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('an adopted server is stopped by disposal', async () => {
  await using folder = await aFolder();
  const killed = await anOwnerIn(folder.path);
  await killed.kill();

  await (await openEmbeddedPostgres({ dataDir: folder.path }))[Symbol.asyncDispose]();

  await expect(query(killed.adminUrl, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('a survivor with other settings is stopped and started anew', async () => {
  await using folder = await aFolder();
  const killed = await anOwnerIn(folder.path);
  await killed.kill();

  await using server = await openEmbeddedPostgres({ dataDir: folder.path, durable: false });

  expect(server.adopted).toBe(false);
  expect(await query(server.adminUrl, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
});

test('a server killed together with its owner recovers at the next start', async () => {
  await using folder = await aFolder();
  const killed = await anOwnerIn(folder.path);
  await query(killed.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(killed.pid, 'SIGKILL');
  await killed.kill();

  await using server = await openEmbeddedPostgres({ dataDir: folder.path });

  expect(await query(server.adminUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a data folder in use by a living process is refused and its server left alone', async () => {
  await using folder = await aFolder();
  await using server = await openEmbeddedPostgres({ dataDir: folder.path, durable: false });

  const second = openEmbeddedPostgres({ dataDir: folder.path, durable: false });

  await expectOneLine(second, /is in use by another running process: stop that one, or set DATA_DIR/);
  expect(await query(server.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('an occupied port is refused in one line that names it', async () => {
  await using folder = await aFolder();
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };

  await expectOneLine(
    openEmbeddedPostgres({ dataDir: folder.path, port, durable: false }),
    new RegExp(`^Port ${String(port)} is taken: stop`),
  );

  squatter.close();
});

test.for([
  ['its control file is cut short', (home: string) => truncate(join(home, 'data', 'global', 'pg_control'), 100)],
  ['its data are gone', (home: string) => rm(join(home, 'data'), { recursive: true })],
  ['its password is gone', (home: string) => rm(join(home, 'password'))],
  ['its system tables are gone', (home: string) => rm(join(home, 'data', 'global'), { recursive: true })],
] as const)('a cluster is refused in one line when %s', async ([, damage]) => {
  await using folder = await aFolder();
  await (await openEmbeddedPostgres({ dataDir: folder.path, durable: false }))[Symbol.asyncDispose]();
  await damage(join(folder.path, 'postgres'));

  await expectOneLine(
    openEmbeddedPostgres({ dataDir: folder.path, durable: false }),
    /cannot be opened \(.+\): restore that folder from a copy, or run "npm run reset"/,
  );
});

test('an initialisation that was cut off does not stand in the way of the next', async () => {
  await using folder = await aFolder();
  const starter = aProcessOpening(folder.path);
  await untilAnEntryOf(folder.path, /^postgres\.initialising-/);
  starter.kill('SIGKILL');
  await once(starter, 'exit');

  await using server = await openEmbeddedPostgres({ dataDir: folder.path, durable: false });

  expect(await query(server.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect((await readdir(folder.path)).filter((name) => name.includes('initialising'))).toEqual([]);
});

test('an erased cluster is gone, its orphaned server with it', async () => {
  await using folder = await aFolder();
  const killed = await anOwnerIn(folder.path);
  await killed.kill();

  await eraseEmbeddedPostgres(folder.path);

  expect(await readdir(folder.path)).toEqual([]);
  await expect(query(killed.adminUrl, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('a folder that other users cannot enter gets its cluster elsewhere and a link to it', { skip: process.getuid?.() !== 0 }, async () => {
  await using closed = await aFolder();
  await chmod(closed.path, 0o700);
  const dataDir = join(closed.path, 'clone', '.data');
  {
    await using server = await openEmbeddedPostgres({ dataDir, durable: false });
    await query(server.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  }
  {
    await using server = await openEmbeddedPostgres({ dataDir, durable: false });
    expect(await query(server.adminUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  }
  const elsewhere = dirname(await readlink(join(dataDir, 'postgres')));

  await eraseEmbeddedPostgres(dataDir);

  expect(await readdir(dataDir)).toEqual([]);
  await expect(stat(elsewhere)).rejects.toMatchObject({ code: 'ENOENT' });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function expectOneLine(opening: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartupError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toContain('\n');
}

async function aFolder() {
  const path = await mkdtemp(join(tmpdir(), 'tally-embedded-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Another process that owns the server of `dataDir`, to be killed without a chance to clean up. */
async function anOwnerIn(dataDir: string) {
  const owner = aProcessOpening(dataDir);
  if (owner.stdout === null) throw new Error('the owner has no output');
  const gone = once(owner, 'exit').then(([code]) => Promise.reject(new Error(`the owner ended with ${String(code)} before it had opened`)));
  const [line] = (await Promise.race([once(createInterface({ input: owner.stdout }), 'line'), gone])) as [string];
  gone.catch(() => undefined);
  const facts = JSON.parse(line) as { adminUrl: string; port: number; pid: number };
  const kill = async (): Promise<void> => {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  };
  return { ...facts, kill };
}

function aProcessOpening(dataDir: string): ChildProcess {
  const module = fileURLToPath(new URL('./open-embedded-postgres.ts', import.meta.url));
  const program = `const { openEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const { adminUrl, port, pid } = await openEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    process.stdout.write(JSON.stringify({ adminUrl, port, pid }) + '\\n');`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function untilAnEntryOf(folder: string, name: RegExp): Promise<void> {
  await expect
    .poll(() => readdir(folder).then((names) => names.some((entry) => name.test(entry))), { interval: 2, timeout: 10_000 })
    .toBe(true);
}
