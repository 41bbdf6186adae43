import { randomUUID } from 'node:crypto';
import { cloneDatabase, openSql, type Sql } from '@tally/testkit';
import {
  createSimulatorAdmin,
  startPaymentSimulator,
  type AuthorisationView,
  type PaymentSimulator,
  type SimulatorAdmin,
  type Token,
} from '../src/index.ts';

/** An answer of the simulator, read. */
export interface Answered {
  readonly status: number;
  readonly body: AuthorisationView & { readonly error?: { readonly code: string }; readonly authorisation?: AuthorisationView };
  readonly text: string;
  readonly replayed: boolean;
}

/** A merchant in front of a simulator on a database of its own. */
export interface SimulatorWorld extends AsyncDisposable {
  readonly databaseUrl: string;
  url(): string;
  admin(): SimulatorAdmin;
  post(path: string, key: string, body?: unknown, signal?: AbortSignal): Promise<Answered>;
  get(path: string): Promise<Answered>;
  authorise(
    token: Token,
    more?: { readonly order?: string; readonly key?: string; readonly capture?: boolean; readonly signal?: AbortSignal },
  ): Promise<Answered>;
  /** Authorised and, unless told otherwise, captured: 1,000 minor units. */
  payment(token: Token, capture?: boolean): Promise<AuthorisationView>;
  /** Speaks to the tables behind the simulator's back, with the simulator's rights. */
  readonly sql: Sql;
  /** Stops the simulator and starts another on the same tables. */
  restart(): Promise<void>;
}

/** The secret that the world's webhooks are signed with. */
export const webhookSecret = 'whsec_world';

/** Starts a world. Latency is 0 unless a test is about it. */
export async function aSimulator(options: { readonly latencyMs?: number } = {}): Promise<SimulatorWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const databaseUrl = database.urls.simulator.app;
  const sql = stack.use(await openSql(databaseUrl));
  const start = (): Promise<PaymentSimulator> =>
    startPaymentSimulator({ databaseUrl, port: 0, latencyMs: options.latencyMs ?? 0, webhookSecret });
  let simulator = await start();
  stack.defer(() => simulator[Symbol.asyncDispose]());

  const post: SimulatorWorld['post'] = async (path, key, body, signal) =>
    read(
      await fetch(`${simulator.url}${path}`, {
        method: 'POST',
        headers: { 'idempotency-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  const authorise: SimulatorWorld['authorise'] = (token, more = {}) => {
    const { order = 'ord_1', key = randomUUID(), capture = false, signal } = more;
    return post('/authorisations', key, { order, amount: 1_000, currency: 'EUR', token, capture }, signal);
  };

  const owned = stack.move();
  return {
    databaseUrl,
    sql,
    url: () => simulator.url,
    admin: () => createSimulatorAdmin(simulator.url),
    post,
    get: async (path) => read(await fetch(`${simulator.url}${path}`)),
    authorise,
    payment: async (token, capture = true) => (await authorise(token, { capture })).body,
    async restart() {
      await simulator[Symbol.asyncDispose]();
      simulator = await start();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function read(response: Response): Promise<Answered> {
  const text = await response.text();
  return { status: response.status, text, replayed: response.headers.get('idempotent-replayed') === 'true', body: toJson(text) };
}

function toJson(text: string): Answered['body'] {
  try {
    return JSON.parse(text) as Answered['body'];
  } catch {
    return {} as Answered['body'];
  }
}
