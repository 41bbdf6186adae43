import { fileURLToPath } from 'node:url';
import type { EventLog, LogRecord } from '@tally/messaging';
import { newId } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { freePort } from '../../../topologies/app-process.ts';
import { monotonicMs } from '../monotonic.ts';
import { debuggerOf, startProgram } from '../program.ts';
import { watchedBy } from '../watched.ts';
import type { Happening, System } from './system.ts';

/** One gateway process. */
export interface Gateway extends System {
  /** Of all series of a metric; 0 without any. */
  metric(name: string): Promise<number>;
}

export interface GatewayParts {
  readonly eventLog: EventLog;
  readonly logUrl: string;
  readonly ownerUrl: string;
  /** File of the key that it signs its own tokens with. */
  readonly signingKeyFile: string;
  /** Whose a key is. */
  readonly buyerOf: (key: string) => string;
}

const main = fileURLToPath(new URL('../../../../../../gateway/src/main.ts', import.meta.url));

/** Starts the gateway by its `main.ts` on the graph of the repository, with wider limits and nothing else special. */
export async function startGatewayProcess(parts: GatewayParts): Promise<Gateway> {
  const { eventLog, buyerOf } = parts;
  await using stack = new AsyncDisposableStack();
  const [port, metricsPort] = [await freePort(), await freePort()];
  const subgraphs = ['PRODUCTS', 'ORDERS', 'PAYMENTS', 'USERS', 'NOTIFICATIONS'];
  const program = stack.use(
    startProgram(main, {
      inspect: true,
      environment: {
        PORT: String(port),
        METRICS_PORT: String(metricsPort),
        LIMITS_PROFILE: 'load',
        LOG_LEVEL: 'warn',
        EVENT_LOG_DATABASE_URL: parts.logUrl,
        USERS_JWKS_URL: `${parts.ownerUrl}/.well-known/jwks.json`,
        GATEWAY_SIGNING_KEY_FILE: parts.signingKeyFile,
        ...Object.fromEntries(subgraphs.map((name) => [`SUBGRAPH_URL_${name}`, `${parts.ownerUrl}/graphql`])),
      },
    }),
  );
  const inspector = stack.use(await debuggerOf(program));
  const ready = eventually(async () => (await fetch(`http://127.0.0.1:${String(port)}/health/ready`)).ok, { timeoutMs: 30_000 });
  await Promise.race([ready, program.lost]);
  const owned = stack.move();
  return {
    title: 'gateway',
    port,
    pid: program.pid,
    inspector,
    async publish(happenings) {
      const records = happenings.map((happening) => toRecord(happening, buyerOf(happening.key)));
      const sentAtMs = monotonicMs();
      await eventLog.append(records);
      return { sentAtMs, committedAtMs: monotonicMs() };
    },
    async metric(name) {
      const text = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();
      const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))].map(([, value]) => Number(value));
      return values.reduce((sum, value) => sum + value, 0);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function toRecord({ key, sequence }: Happening, buyer: string): LogRecord {
  const watched = watchedBy(key);
  return {
    topic: watched.topic,
    key,
    eventId: newId('evt'),
    type: watched.type,
    sequence,
    time: new Date(),
    traceparent: null,
    tracestate: null,
    payload: JSON.stringify(watched.data(key, buyer, sequence)),
  };
}
