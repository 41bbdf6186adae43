import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tally/testkit';
import { freePort, runMain, type Ended } from '../src/topologies/app-process.ts';
import type { AsProcesses } from '../src/topologies/as-processes.ts';
import type { MigratedDatabase } from '../src/topologies/topology.ts';

/** Another gateway in front of the same subgraphs and the same log. */
export interface SecondGateway extends AsyncDisposable {
  readonly url: string;
  readonly logs: () => string;
  /** SIGTERM; resolves with its end. */
  stop(): Promise<Ended>;
}

/** Starts a process beside the gateway of a system, with its keys. @param variables what differs from that gateway. */
export async function startSecondGateway(
  { apps, keys }: AsProcesses,
  { urls }: MigratedDatabase,
  variables: Readonly<Record<string, string>> = {},
): Promise<SecondGateway> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tally-e2e-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const keyFile = join(folder, 'gateway.json');
  await writeFile(keyFile, JSON.stringify(keys.gateway), { mode: 0o600 });
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const gateway = runMain('second gateway', 'gateway/src/main.ts', {
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: '0',
    GATEWAY_SIGNING_KEY_FILE: keyFile,
    USERS_JWKS_URL: `${apps.users}/.well-known/jwks.json`,
    EVENT_LOG_DATABASE_URL: urls.event_log.app,
    ...Object.fromEntries(
      (['users', 'products', 'payments', 'orders', 'notifications'] as const).map((name) => [
        `SUBGRAPH_URL_${name.toUpperCase()}`,
        `${apps[name]}/graphql`,
      ]),
    ),
    ...variables,
  });
  stack.defer(() => {
    gateway.kill();
  });
  await eventually(
    async () => {
      assert.equal((await fetch(`${url}/health/ready`)).status, 200, 'the second gateway is not ready');
    },
    { timeoutMs: 60_000 },
  ).catch((cause: unknown) => {
    throw new Error(`the second gateway does not get ready\n${gateway.output()}`, { cause });
  });
  const owned = stack.move();
  return { url, logs: gateway.output, stop: gateway.stop, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
