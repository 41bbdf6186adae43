import { readFileSync } from 'node:fs';
import { accessAudience, accessIssuer, createSigner, type SigningKey } from '@tally/identity';
import { createTransact, openSubgraphParts, prismaAdapter, startSubgraph, type Subgraph, type SubgraphOverrides } from '@tally/subgraph-kit';
import { createPasswordHasher } from './adapters/argon2/password-hasher.ts';
import { createAccountReads, createAccountsStore } from './adapters/prisma/accounts-store.ts';
import { createSessionsStore } from './adapters/prisma/sessions-store.ts';
import type { UsersConfig } from './config.ts';
import { scopesOf } from './domain/roles.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import type { Context } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { createUsersTelemetry } from './telemetry.ts';
import { createUseCases } from './use-cases/index.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

export interface RunningUsers extends AsyncDisposable {
  /** `null` without the role `api`. */
  readonly subgraph: Subgraph | null;
  /** Public keys of access tokens, as served at `/.well-known/jwks.json`. */
  jwks(): Promise<{ readonly keys: readonly SigningKey['publicJwk'][] }>;
  /** Everything that was in the outbox when this was called is on the log. */
  caughtUp(): Promise<void>;
}

/** Starts accounts and sessions; what is handed in is used and not closed. @throws {StartupError} */
export async function startUsers(config: UsersConfig, overrides: SubgraphOverrides = {}): Promise<RunningUsers> {
  await using stack = new AsyncDisposableStack();
  const parts = stack.use(await openSubgraphParts('users', config, overrides));
  const { logger, clock, wake, verifier } = parts;
  const { databaseUrl, poolSize, signingKey, roles } = config;
  const client = new PrismaClient({
    adapter: prismaAdapter({
      url: databaseUrl,
      schema: 'users',
      maxConnections: poolSize,
      onIdleError: (error) => { logger.warn({ err: error }, 'an idle connection broke'); },
      ...(overrides.onStatement === undefined ? {} : { onStatement: overrides.onStatement }),
    }),
  });
  stack.defer(() => client.$disconnect());
  const transact = createTransact({
    client,
    consumer: 'users',
    wake,
    stores: (tx, sql) => ({ accounts: createAccountsStore(tx), sessions: createSessionsStore(tx, sql) }),
  });
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key: signingKey, clock });
  const useCases = createUseCases({
    transact,
    hasher: createPasswordHasher(config.pepper),
    signAccess: ({ userId, sessionId, role }) => signer.sign({ kind: 'user', userId, sessionId, scopes: scopesOf(role) }, accessAudience),
    clock,
    telemetry: createUsersTelemetry(logger),
  });
  const reads = createAccountReads(client);
  const jwks = () => Promise.resolve({ keys: [signingKey.publicJwk] });

  const relay = roles.includes('worker') ? stack.use(await parts.startRelay()) : null;
  const subgraph = !roles.includes('api')
    ? null
    : stack.use(
        await startSubgraph<Context>({
          name: 'users',
          typeDefs,
          resolvers,
          context: ({ viewer }) => ({ viewer, useCases, loaders: createLoaders(reads) }),
          verifier,
          http: config.http,
          ready: async () => ({ ready: true, dependencies: { database: await answers(client) } }),
          logger,
          routes: (app) => app.get('/.well-known/jwks.json', jwks),
        }),
      );
  const owned = stack.move();
  return { subgraph, jwks, caughtUp: async () => relay?.drained(), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const answers = (client: PrismaClient): Promise<'ok' | 'down'> =>
  client.$queryRaw`SELECT 1`.then(
    () => 'ok',
    () => 'down',
  );
