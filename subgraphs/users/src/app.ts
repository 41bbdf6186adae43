import { readFileSync } from 'node:fs';
import { accessAudience, accessIssuer, createSigner, type JWK } from '@tally/identity';
import type { Sql } from '@tally/messaging';
import { createTransact, createTroubleDesk, openSubgraphParts, sqlOf, startSubgraph, startWorkerHealth } from '@tally/subgraph-kit';
import type { Subgraph, SubgraphOverrides, SubgraphParts } from '@tally/subgraph-kit';
import { createPasswordHasher } from './adapters/argon2/password-hasher.ts';
import { refreshTokens } from './adapters/node-crypto/refresh-tokens.ts';
import { createAccountReads } from './adapters/prisma/account-reads.ts';
import { createAccountsStore } from './adapters/prisma/accounts-store.ts';
import { createAddressesStore } from './adapters/prisma/addresses-store.ts';
import { createAttemptsStore } from './adapters/prisma/attempts-store.ts';
import { createRetentionStore } from './adapters/prisma/retention-store.ts';
import { createSessionsStore } from './adapters/prisma/sessions-store.ts';
import type { UsersConfig } from './config.ts';
import { scopesOf } from './domain/roles.ts';
import { PrismaClient, type Prisma } from './generated/prisma/client.ts';
import { createContext, type Context } from './graphql/context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { startForgetExpired } from './jobs/forget-expired.ts';
import type { SignAccess } from './ports/access-tokens.ts';
import type { PasswordHasher } from './ports/password-hasher.ts';
import type { Stores } from './ports/unit-of-work.ts';
import { createUsersTelemetry } from './telemetry.ts';
import { createUseCases } from './use-cases/index.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

/** What a caller of `startUsers` may hand in besides. */
export interface UsersOverrides extends SubgraphOverrides {
  readonly hasher?: PasswordHasher;
}

export interface RunningUsers extends AsyncDisposable {
  /** `null` without the role `api`. */
  readonly subgraph: Subgraph | null;
  /** Public keys of access tokens, as served at `/.well-known/jwks.json`. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>;
  /** What was committed when this was called has reached the log. At once without the role `worker`. */
  caughtUp(): Promise<void>;
}

/** Starts accounts and sessions; what is handed in is used and not closed. @throws {StartupError} */
export async function startUsers(config: UsersConfig, overrides: UsersOverrides = {}): Promise<RunningUsers> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openSubgraphParts('users', config, overrides));
  const { logger, clock, wake, verifier } = parts;
  const client = new PrismaClient({ adapter: parts.adapter() });
  stack.defer(() => client.$disconnect());
  const sql = sqlOf(client);
  const transact = createTransact({ client, consumer: 'users', wake, stores: storesOn });
  const desk = createTroubleDesk({ sql, transact });
  const useCases = createUseCases({
    transact,
    reads: createAccountReads(sql),
    retention: createRetentionStore(sql),
    hasher: overrides.hasher ?? createPasswordHasher(config.pepper),
    tokens: refreshTokens,
    signAccess: signAccessWith(config, parts),
    clock,
    telemetry: createUsersTelemetry(logger),
  });
  const jwks = () => Promise.resolve({ keys: [config.signingKey.publicJwk, ...(config.furtherKeys ?? [])] });

  const health = stack.use(await startWorkerHealth(config, { database: () => answers(sql) }));
  const isWorker = config.roles.includes('worker');
  const relay = isWorker ? stack.use(await parts.startRelay()) : null;
  if (isWorker) stack.use(startForgetExpired(useCases.forgetExpired, logger));
  const subgraph = config.roles.includes('api')
    ? stack.use(
        await startSubgraph<Context>({
          name: 'users',
          typeDefs,
          resolvers,
          context: ({ viewer }) => createContext(viewer, useCases, desk),
          verifier,
          http: config.http,
          ready: { database: () => answers(sql) },
          logger,
          routes: (app) =>
            app.get('/.well-known/jwks.json', (_, reply) => {
              void reply.header('cache-control', 'public, max-age=60');
              return jwks();
            }),
        }),
      )
    : null;
  stack.use(health?.working());
  const owned = stack.move();
  return { subgraph, jwks, caughtUp: async () => relay?.drained(), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const storesOn = (tx: Prisma.TransactionClient, sql: Sql): Stores => ({
  accounts: createAccountsStore(sql),
  addresses: createAddressesStore(tx, sql),
  attempts: createAttemptsStore(sql),
  sessions: createSessionsStore(sql),
});

function signAccessWith({ signingKey }: UsersConfig, { clock }: SubgraphParts): SignAccess {
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key: signingKey, clock });
  return ({ userId, sessionId, role }) => signer.sign({ kind: 'user', userId, sessionId, scopes: scopesOf(role) }, accessAudience);
}

const answers = (sql: Sql): Promise<'ok' | 'down'> =>
  sql.rows('SELECT 1 AS one').then(
    () => 'ok',
    () => 'down',
  );
