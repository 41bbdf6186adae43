import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { appNames, freePort } from '@tally/distributed';
import { databaseUrls, eraseEmbeddedPostgres, openKeys, openSecrets, runningPostgres } from '@tally/embedded';
import { live, type Life, type Place } from './life.ts';
import type { System, SystemOptions } from './system.ts';

const name = 'tally';

/**
 * Everything in one process, the log in PostgreSQL: who dies takes all the others along.
 *
 * @throws {Error} it does not get ready; the message says what it printed last.
 */
export async function startOneProcess({ folder, progress, limits = 'load', more }: SystemOptions): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const dataDir = join(folder, 'data');
  await mkdir(join(folder, 'logs'), { recursive: true });
  const printed = createWriteStream(join(folder, 'logs', `${name}.log`));
  stack.defer(() => void printed.end());
  stack.defer(() => eraseEmbeddedPostgres(dataDir));
  const place: Place = { dataDir, port: await freePort(), simulatorPort: await freePort(), metricsPort: await freePort() };
  let life: Life | null = null;
  let stopping = false;
  const unasked: string[] = [];
  stack.defer(async () => {
    stopping = true;
    await life?.end('SIGTERM');
  });

  async function start(_: string, crash?: string): Promise<void> {
    if (life?.alive() === true) throw new RangeError(`${name} runs already`);
    stopping = false;
    const variables = { LIMITS_PROFILE: limits, LOG_LEVEL: 'info', ...more?.(name) };
    life = await live(place, { crash, variables, onOutput: (text) => printed.write(text) });
    if (!life.alive() && (crash === undefined || (await life.ended) !== 'SIGKILL'))
      throw new Error(`${name} does not get ready; it said last:\n${life.printed().slice(-2_000)}`);
    void life.ended.then((end) => {
      if (end !== 'SIGKILL' && !stopping) unasked.push(`${name} ended with ${String(end)}`);
    });
  }

  progress('one process');
  await start(name);
  const secrets = await openSecrets(dataDir);
  const url = `http://127.0.0.1:${String(place.port)}`;
  const owned = stack.move();
  return {
    setUp: 'one-process',
    processes: [
      { name, apps: appNames, roles: ['api', 'worker'], url, metricsUrl: `http://127.0.0.1:${String(place.metricsPort)}/metrics` },
    ],
    gateways: [url],
    simulatorUrl: `http://127.0.0.1:${String(place.simulatorPort)}`,
    urls: async () => databaseUrls(await runningPostgres(dataDir), secrets.passwords),
    keys: await openKeys(secrets),
    dataDir,
    log: null,
    unasked,
    pidOf: () => (life?.alive() === true ? life.pid : undefined),
    async ended() {
      await life?.ended;
    },
    async kill() {
      await life?.end('SIGKILL');
    },
    async stop() {
      stopping = true;
      return (await life?.end('SIGTERM')) ?? 0;
    },
    start,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
