import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment, freePort, nodeFlags } from '@tally/distributed';
import { databaseUrl, databaseUrls, eraseEmbeddedPostgres, openSecrets, runningPostgres, type DatabaseUrls } from '@tally/embedded';
import { openSql, type Sql } from '@tally/testkit';
import { cpuBetween, parentOf, readCpu, readOwnMs, type CpuTimes } from './measure/cpu.ts';
import { readMachine, takenByOthers } from './measure/machine.ts';

/** The whole platform as one process of its own, on a fresh folder with durable PostgreSQL and the seed of tier `ci`. */
export interface MeasuredPlatform extends AsyncDisposable {
  readonly url: string;
  readonly simulatorUrl: string;
  readonly metricsUrl: string;
  readonly dataDir: string;
  /** Of the administrator, in the platform's database. */
  readonly adminUrl: string;
  /** Of every role. */
  readonly urls: DatabaseUrls;
  /** As the administrator. */
  readonly sql: Sql;
  readonly postmaster: number;
  /** Of its debugger, when it was started with one. */
  readonly inspectorUrl: string | null;
  /** The last of what it printed: warnings, when something went wrong. */
  printed(): string;
  /** The share of the machine, 0 to 1, that went to others since this was started. */
  takenByOthers(): Promise<number>;
  /** What it and its PostgreSQL have spent so far. */
  cpu(): Promise<CpuTimes>;
}

/** How it is started. */
export interface PlatformOptions {
  /** With a debugger listening, for profiles. */
  readonly inspect: boolean;
  /** Settings that differ from those of every bench. */
  readonly environment?: Readonly<Record<string, string>>;
  /** CPU time so far, in milliseconds, of what runs for it in processes of their own. */
  readonly besideMs?: () => Promise<number>;
}

const main = fileURLToPath(new URL('../../../embedded/src/main.ts', import.meta.url));

/**
 * Starts it, does the work and stops it again. When the work fails, what the platform said last is printed with the failure, and the exit code is 1.
 *
 * @returns `null` when the work failed.
 */
export async function onMeasuredPlatform<T>(options: PlatformOptions, work: (platform: MeasuredPlatform) => Promise<T>): Promise<T | null> {
  await using platform = await startMeasuredPlatform(options);
  return await work(platform).catch((error: unknown) => {
    const said = platform
      .printed()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => line.slice(0, 500));
    console.error(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\nthe platform said last:\n${said.slice(-5).join('\n')}`,
    );
    process.exitCode = 1;
    return null;
  });
}

/**
 * Starts it and resolves when its projections have caught up. Disposal stops it and deletes its folder.
 *
 * @throws {Error} it ended on its way, with what it printed.
 */
async function startMeasuredPlatform({ inspect, environment = {}, besideMs = nothing }: PlatformOptions): Promise<MeasuredPlatform> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'tally-bench-'));
  stack.defer(async () => {
    await eraseEmbeddedPostgres(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });
  const [port, simulatorPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const { pid, printed } = await run(stack, inspect, {
    DATA_DIR: dataDir,
    PORT: String(port),
    SIMULATOR_PORT: String(simulatorPort),
    METRICS_PORT: String(metricsPort),
    LIMITS_PROFILE: 'load',
    ...environment,
  });
  const server = await runningPostgres(dataDir);
  const { passwords } = await openSecrets(dataDir);
  const adminUrl = databaseUrl(server, 'tally');
  const sql = stack.use(await openSql(adminUrl));
  const postmaster = await parentOf(await sql.number('SELECT pg_backend_pid()'));
  const own = async (): Promise<number> => (await readOwnMs()) + (await besideMs());
  const [machineAtStart, cpuAtStart, ownAtStart] = [await readMachine(), await readCpu(pid, postmaster), await own()];
  const owned = stack.move();
  return {
    url: `http://127.0.0.1:${String(port)}`,
    simulatorUrl: `http://127.0.0.1:${String(simulatorPort)}`,
    metricsUrl: `http://127.0.0.1:${String(metricsPort)}/metrics`,
    dataDir,
    adminUrl,
    urls: databaseUrls(server, passwords),
    sql,
    postmaster,
    inspectorUrl: /ws:\/\/\S+/.exec(printed())?.[0] ?? null,
    printed,
    cpu: () => readCpu(pid, postmaster),
    async takenByOthers() {
      const [ours, mine] = [cpuBetween(cpuAtStart, await readCpu(pid, postmaster)), (await own()) - ownAtStart];
      return takenByOthers(machineAtStart, await readMachine(), ours.process + ours.postgres + mine);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const nothing = (): Promise<number> => Promise.resolve(0);

async function run(
  stack: AsyncDisposableStack,
  inspect: boolean,
  environment: Readonly<Record<string, string>>,
): Promise<{ pid: number; printed: () => string }> {
  const child = spawn(process.execPath, [...nodeFlags, ...(inspect ? ['--inspect=127.0.0.1:0'] : []), main], {
    env: childEnvironment(process.env, environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').then(() => undefined);
  stack.defer(async () => {
    process.off('exit', kill);
    child.kill('SIGTERM');
    await ended;
  });
  let output = '';
  const ready = new Promise<'ready'>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = `${output}${text}`.slice(-100_000);
        if (/^ready\b/m.test(output)) resolve('ready');
      });
    }
  });
  if ((await Promise.race([ready, ended])) !== 'ready' || child.pid === undefined)
    throw new Error(`the platform does not start:\n${output}`);
  return { pid: child.pid, printed: () => output };
}
