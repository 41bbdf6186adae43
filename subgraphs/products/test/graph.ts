import { createSigner, gatewayIssuer, generateSigningKey } from '@tally/identity';
import { newId, type Id } from '@tally/kernel';
import type { RedisAddress } from '@tally/redis';
import { createLogger } from '@tally/runtime';
import { cloneDatabase, openSql, type ClonedDatabase, type Sql } from '@tally/testkit';
import { inject } from 'vitest';
import { seedProducts } from '../../../prisma/products/seed.ts';
import { startProducts, type RunningProducts } from '../src/app.ts';

export interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: { readonly code: string };
  }[];
}

/** The whole subgraph on a database of its own, asked as the gateway asks it. */
export interface Graph extends AsyncDisposable {
  readonly database: ClonedDatabase;
  readonly sql: Sql;
  readonly products: RunningProducts;
  readonly staffId: Id<'usr'>;
  /** As nobody, or as a member of staff with scopes. */
  ask(query: string, variables?: Record<string, unknown>, scopes?: readonly string[]): Promise<Answer>;
  /** The data of an answer without errors. */
  data<T>(query: string, variables?: Record<string, unknown>, scopes?: readonly string[]): Promise<T>;
  /** Text of every statement sent since the last call. */
  statements(): readonly string[];
  /** Another process on the same database and the same log. */
  beside(options?: Omit<GraphOptions, 'seeded'>): Promise<Graph>;
}

interface GraphOptions {
  readonly seeded?: boolean;
  readonly worker?: boolean;
  readonly hotReadsMax?: number;
  readonly redis?: RedisAddress | null;
}

export const staffScopes = ['catalogue:write', 'stock:write', 'stock:read'] as const;

export async function openGraph({ seeded = false, ...options }: GraphOptions = {}): Promise<Graph> {
  await using stack = new AsyncDisposableStack();
  const seededTemplate = inject('cluster').templates.seeded !== undefined;
  const database = stack.use(await cloneDatabase({ from: seeded && seededTemplate ? 'seeded' : 'migrated' }));
  if (seeded && !seededTemplate) {
    await seedProducts({ ownerOrAppUrl: database.urls.products.owner, tier: 'ci' });
    await using owner = await openSql(database.urls.products.owner);
    await owner.execute('ANALYZE');
  }
  const graph = stack.use(await startGraph(database, options));
  const owned = stack.move();
  return { ...graph, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function startGraph(database: ClonedDatabase, { worker = false, hotReadsMax = 10_000, redis = null }: GraphOptions): Promise<Graph> {
  await using stack = new AsyncDisposableStack();
  const sql = stack.use(await openSql(database.urls.products.app));
  const key = await generateSigningKey();
  const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key });
  let sent: string[] = [];
  const products = stack.use(
    await startProducts(
      {
        databaseUrl: database.urls.products.app,
        poolSize: 5,
        http: null,
        metricsPort: null,
        roles: worker ? ['api', 'worker'] : ['api'],
        gatewayKeys: [key.publicJwk],
        log: { kind: 'postgres', databaseUrl: database.urls.event_log.app },
        wake: 'process',
        otlpEndpoint: null,
        hotReadsMax,
        redis,
      },
      { logger: createLogger({ service: 'products', level: 'silent' }), onStatement: (text) => sent.push(text) },
    ),
  );
  const staffId = newId('usr');
  const sessionId = newId('ses');

  async function ask(query: string, variables: Record<string, unknown> = {}, scopes: readonly string[] = []): Promise<Answer> {
    const caller = scopes.length === 0 ? ({ kind: 'anonymous' } as const) : ({ kind: 'user', userId: staffId, sessionId, scopes } as const);
    const { token } = await signer.sign(caller, 'products');
    const response = await products.subgraph?.execute({ query, variables, headers: { authorization: `Bearer ${token}` } });
    return JSON.parse(JSON.stringify(response?.body)) as Answer;
  }
  const owned = stack.move();
  return {
    database,
    sql,
    products,
    staffId,
    ask,
    async data<T>(query: string, variables?: Record<string, unknown>, scopes?: readonly string[]) {
      const { data, errors } = await ask(query, variables, scopes);
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data as T;
    },
    statements() {
      const seen = sent;
      sent = [];
      return seen;
    },
    beside: (options = {}) => startGraph(database, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
