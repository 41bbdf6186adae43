import { createSigner, createVerifier, gatewayIssuer, generateSigningKey, staticKeys, type Caller, type SigningKey } from '@tally/identity';
import type { Clock } from '@tally/kernel';
import type { DependencyState } from '@tally/runtime';
import { GraphQLError } from 'graphql';
import { notFound } from '../src/errors.ts';
import { startSubgraph, type Subgraph, type SubgraphOptions } from '../src/start-subgraph.ts';
import { scalarResolvers } from '../src/scalars.ts';
import { requireUser, type Viewer } from '../src/viewer.ts';
import { aListeningLogger } from './listening-logger.ts';

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@inaccessible"])
  scalar MinorUnits
  type Query {
    shelf: String!
    me: ID!
    book(id: ID!): Book
    price(of: Float!): MinorUnits
    double(of: MinorUnits!): MinorUnits
    broken: String
    coded: String
    unreachable: String
    slow: String!
  }
  type Book @key(fields: "id") { id: ID! title: String! cost: Int @inaccessible }
`;

interface Context {
  readonly viewer: Viewer;
}

/** What a test wants to happen inside the resolvers. */
interface Inside {
  readonly resolved: string[];
  /** Called by `slow`, which waits for what comes of it. */
  slow: () => Promise<string>;
  context: (viewer: Viewer) => Context;
  database: () => Promise<DependencyState>;
}

const resolversOf = (inside: Inside) => ({
  MinorUnits: scalarResolvers.MinorUnits,
  Query: {
    shelf: () => 'mine',
    me: (_: unknown, __: unknown, { viewer }: Context) => requireUser(viewer).userId,
    book: () => {
      throw notFound();
    },
    price: (_: unknown, { of }: { of: number }) => of,
    double: (_: unknown, { of }: { of: number }) => of * 2,
    broken: () => {
      throw new Error('relation "book" does not exist: SELECT secret FROM book WHERE host = 10.0.0.7', { cause: new RangeError('deeper') });
    },
    coded: () => {
      throw new GraphQLError('P2002 at 10.0.0.7', { extensions: { code: 'P2002', meta: { host: '10.0.0.7' } } });
    },
    unreachable: () => {
      throw new Error('Connection terminated unexpectedly');
    },
    slow: () => inside.slow(),
  },
  Book: {
    __resolveReference({ id }: { id: string }) {
      inside.resolved.push(id);
      return id === 'none' ? null : { id, title: `Book ${id}`, cost: 1 };
    },
  },
});

/** An answer as a client sees it. */
export interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly unknown[];
      readonly extensions: Readonly<Record<string, unknown>>;
    }[];
  };
}

/** How a request travels: its JSON goes there, the answer's JSON comes back. */
export type Transport = (body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** A small subgraph on a free port, spoken to over HTTP or in-process. */
export async function aShelf(options: { readonly clock?: Clock } & Partial<Pick<SubgraphOptions<Context>, 'http' | 'routes'>> = {}) {
  const key = await generateSigningKey();
  const { logger, lines } = aListeningLogger();
  const inside: Inside = {
    resolved: [],
    slow: () => Promise.resolve('at last'),
    context: (viewer) => ({ viewer }),
    database: () => Promise.resolve('ok'),
  };
  const { clock, routes, http = { port: 0, host: '127.0.0.1' } } = options;
  const subgraph = await startSubgraph<Context>({
    name: 'shelf',
    typeDefs,
    resolvers: resolversOf(inside),
    context: ({ viewer }) => inside.context(viewer),
    verifier: createVerifier({
      ...{ kind: 'gateway', issuer: gatewayIssuer, audience: 'shelf', keys: staticKeys([key.publicJwk]) },
      ...(clock === undefined ? {} : { clock }),
    }),
    http,
    ready: { database: () => inside.database() },
    logger,
    ...(routes === undefined ? {} : { routes }),
  });
  return {
    subgraph,
    url: subgraph.url ?? '',
    key,
    lines,
    inside,
    overHttp: overHttp(subgraph),
    inProcess: inProcess(subgraph),
    /** Headers of the gateway, asking for somebody. */
    by: (caller: Caller = { kind: 'anonymous' }) => gatewayHeaders(key, caller, 'shelf', clock),
    [Symbol.asyncDispose]: () => subgraph[Symbol.asyncDispose](),
  };
}

export async function gatewayHeaders(
  key: SigningKey,
  caller: Caller,
  audience: string,
  clock?: Clock,
): Promise<{ readonly authorization: string }> {
  const signer = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key, ...(clock === undefined ? {} : { clock }) });
  return { authorization: `Bearer ${(await signer.sign(caller, audience)).token}` };
}

const overHttp =
  ({ url }: Subgraph): Transport =>
  async (body, headers = {}) => {
    const response = await fetch(`${url ?? ''}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };

const inProcess =
  (subgraph: Subgraph): Transport =>
  async (body, headers = {}) => {
    const request = { ...(body as { query: string }), headers };
    const { status, body: answer } = await subgraph.execute(request);
    return { status, body: JSON.parse(JSON.stringify(answer)) as Answer['body'] };
  };
