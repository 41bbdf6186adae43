import { accessAudience, accessIssuer, createSigner, generateSigningKey, type Caller, type Signer, type SigningKey } from '@tally/identity';
import { newId } from '@tally/kernel';
import { createPostgresEventLog, type EventLog } from '@tally/messaging';
import { createLogger, type Logger } from '@tally/runtime';
import { cloneDatabase } from '@tally/testkit';
import { startGateway, type GatewayConfig, type GatewayOverrides } from '../src/index.ts';
import { aDouble, type Double } from './double.ts';
import { libraryConfig } from './library-config.ts';
import { createDesk, type Desk } from './library-desk.ts';
import { deskSdl, deskTopics, eventfulSupergraph } from './library-events.ts';
import { libraryResolvers } from './library-resolvers.ts';
import { compose, libraryNames, librarySdl, openSdl, type LibraryName } from './library-schema.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions: Record<string, unknown>;
    }[];
    readonly extensions?: Record<string, unknown>;
  };
}

export interface Ask {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gateway over the library, its subgraphs, and keys to sign callers in. */
export interface World extends AsyncDisposable {
  readonly url: string;
  readonly doubles: Readonly<Record<LibraryName, Double>> & { readonly desk?: Double };
  readonly usersKey: SigningKey;
  readonly gatewayKey: SigningKey;
  /** Log lines, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  ask(query: string, options?: Ask): Promise<Reply>;
  post(body: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** What has live events; its log is real where the world was asked for one. */
  readonly desk: Desk;
  readonly eventLog: EventLog | null;
  /** An access token; `userId` fixed per world. */
  tokenFor(scopes: readonly string[]): Promise<string>;
  /** How often any subgraph was asked. */
  fetches(): number;
}

export interface WorldOptions {
  readonly config?: Partial<GatewayConfig>;
  readonly overrides?: GatewayOverrides;
  /** Without the directives that need callers, and without keys. */
  readonly open?: boolean;
  readonly urls?: Readonly<Record<string, string>>;
  /** With the desk, its live events and an event log on a database of its own. */
  readonly live?: boolean;
}

const supergraphs = new Map<string, string>();

function supergraphOf(open: boolean, urls: Readonly<Record<string, string>>): string {
  const key = JSON.stringify([open, urls]);
  const known = supergraphs.get(key);
  if (known !== undefined) return known;
  const sdl = compose(Object.fromEntries(libraryNames.map((name) => [name, open ? openSdl(librarySdl[name]) : librarySdl[name]])), urls);
  supergraphs.set(key, sdl);
  return sdl;
}

export function libraryDoubles(open: boolean, gatewayKey: SigningKey | null): Readonly<Record<LibraryName, Double>> {
  const entries = libraryNames.map((name) => [
    name,
    aDouble({ name, sdl: open ? openSdl(librarySdl[name]) : librarySdl[name], resolvers: libraryResolvers[name], gatewayKey }),
  ]);
  return Object.fromEntries(entries) as Readonly<Record<LibraryName, Double>>;
}

export const librarySupergraph = (open: boolean, urls: Readonly<Record<string, string>> = {}): string => supergraphOf(open, urls);

export const user: Caller & { kind: 'user' } = { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: [] };

export async function aWorld({ config = {}, overrides = {}, open = false, urls = {}, live = false }: WorldOptions = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const [usersKey, gatewayKey] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const log: Readonly<Record<string, unknown>>[] = [];
  const logger = createLogger({ service: 'gateway', write: (line) => log.push(JSON.parse(line) as Record<string, unknown>) });
  const eventLog = live ? await openLog(stack, logger) : null;
  const desk = createDesk(eventLog);
  const doubles = {
    ...libraryDoubles(open, open ? null : gatewayKey),
    ...(live ? { desk: aDouble({ name: 'desk', sdl: deskSdl, resolvers: desk.resolvers, gatewayKey }) } : {}),
  };
  const signer: Signer = createSigner({ kind: 'access', issuer: accessIssuer, key: usersKey });
  const gateway = await startGateway(
    {
      ...libraryConfig,
      supergraph: { sdl: live ? eventfulSupergraph() : supergraphOf(open, urls) },
      ...(Object.keys(urls).length === 0 ? { subgraphs: doubles } : {}),
      identity: open ? null : { usersJwks: () => Promise.resolve({ keys: [usersKey.publicJwk] }), signingKey: gatewayKey },
      ...config,
    },
    { logger, ...(eventLog === null ? {} : { eventLog }), ...overrides },
  );
  stack.use(gateway);

  async function post(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return await toReply(
      await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }),
    );
  }

  const owned = stack.move();
  return {
    url: gateway.url,
    doubles,
    desk,
    eventLog,
    usersKey,
    gatewayKey,
    log,
    post,
    ask(query, { variables, operationName, token, headers = {} } = {}) {
      return post(JSON.stringify({ query, variables, operationName }), {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      });
    },
    async tokenFor(scopes) {
      return (await signer.sign({ ...user, scopes }, accessAudience)).token;
    },
    fetches: () => Object.values(doubles).reduce((sum, { calls }) => sum + calls.length, 0),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openLog(stack: AsyncDisposableStack, logger: Logger): Promise<EventLog> {
  const database = stack.use(await cloneDatabase());
  return stack.use(createPostgresEventLog({ databaseUrl: database.urls.event_log.app, topics: deskTopics, logger, wake: 'process' }));
}

export async function toReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const body = /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as Reply['body']) : {};
  seen.push(text);
  return { status: response.status, headers: response.headers, text, body };
}

/** Text of every reply of this file's tests, for the leak check. */
export const seen: string[] = [];

/** What must never be in any answer: stacks, SQL, addresses, paths, names of drivers. */
export const leak =
  /\n\s+at |\bat \w+ \(|node_modules|file:\/\/|\/work\/|ECONN|ENOTFOUND|EPIPE|SELECT |INSERT |127\.0\.0\.1|localhost|\.test\b|undici|prisma|stacktrace|serviceName|DOWNSTREAM/i;
