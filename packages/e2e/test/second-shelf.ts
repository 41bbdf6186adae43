import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tally/testkit';
import { freePort, runMain } from '../src/topologies/app-process.ts';
import type { AsProcesses } from '../src/topologies/as-processes.ts';
import type { MigratedDatabase } from '../src/topologies/topology.ts';
import { startSecondGateway } from './second-gateway.ts';

/** Another process that answers for products, and a gateway that asks that one. Disposal stops both. */
export interface SecondShelf extends AsyncDisposable {
  /** Of the gateway. */
  readonly url: string;
  readonly logs: () => string;
}

/** Starts both beside a system. @param redis variables: of the Redis where the system's own products keeps its rows. */
export async function startSecondShelf(
  system: AsProcesses,
  database: MigratedDatabase,
  redis: Readonly<Record<'REDIS_URL' | 'REDIS_PREFIX', string>>,
): Promise<SecondShelf> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tally-e2e-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const keySet = join(folder, 'gateway-jwks.json');
  await writeFile(keySet, JSON.stringify({ keys: [system.keys.gateway.publicJwk] }));
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const products = runMain('second products', 'subgraphs/products/src/main.ts', {
    HOST: '127.0.0.1',
    PORT: port,
    METRICS_PORT: '0',
    ROLES: 'api',
    PRODUCTS_DATABASE_URL: database.urls.products.app,
    EVENT_LOG_DATABASE_URL: database.urls.event_log.app,
    GATEWAY_JWKS_FILE: keySet,
    ...redis,
  });
  stack.defer(async () => {
    await products.stop();
  });
  await eventually(async () => assert.equal((await fetch(`${url}/health/ready`)).status, 200, 'products is not ready'), {
    timeoutMs: 60_000,
  }).catch((cause: unknown) => {
    throw new Error(`the second products does not get ready\n${products.output()}`, { cause });
  });
  const gateway = stack.use(await startSecondGateway(system, database, { SUBGRAPH_URL_PRODUCTS: `${url}/graphql`, ...redis }));
  const owned = stack.move();
  return {
    url: gateway.url,
    logs: () => `--- second products\n${products.output()}\n--- its gateway\n${gateway.logs()}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
