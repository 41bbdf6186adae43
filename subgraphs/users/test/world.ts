import { createSigner, gatewayIssuer, generateSigningKey, type Caller, type SigningKey } from '@tally/identity';
import { newId, type Clock, type Id } from '@tally/kernel';
import { createLogger } from '@tally/runtime';
import { cloneDatabase, freshEmail, openSql, type ClonedDatabase, type Sql } from '@tally/testkit';
import { startUsers, type RunningUsers } from '../src/app.ts';
import type { UsersOverrides } from '../src/app.ts';
import type { UsersConfig } from '../src/config.ts';

/** An answer of the subgraph; `data` as a client would write it down. */
export interface Answer {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string };
  }[];
}

export type Variables = Readonly<Record<string, unknown>>;

/** Somebody who has an account and is signed in to it. */
export interface Person {
  readonly caller: Extract<Caller, { kind: 'user' }>;
  readonly id: Id<'usr'>;
  readonly email: string;
  readonly password: string;
  readonly refreshToken: string;
}

/** The users subgraph alone, on a database of its own and a real event log, with a clock that the test moves. */
export interface UsersWorld extends AsyncDisposable {
  readonly users: RunningUsers;
  readonly config: UsersConfig;
  readonly database: ClonedDatabase;
  readonly sql: Sql;
  readonly gatewayKey: SigningKey;
  /** Every statement that the subgraph's pool sent since the last `splice`. */
  readonly statements: string[];
  /** Lines of the log. */
  readonly lines: string[];
  clock: Clock;
  advance(ms: number): void;
  /** Asks in the name of somebody, with a token of the gateway. */
  ask(query: string, variables?: Variables, caller?: Caller): Promise<Answer>;
  /** Opens an account and signs in. */
  person(): Promise<Person>;
  /** What is in the outbox or has left it, per topic in order. */
  events(
    topic: 'users.user.v1' | 'users.session.v1',
    key: string,
  ): Promise<readonly { readonly type: string; readonly sequence: number; readonly data: unknown }[]>;
}

export const anonymous: Caller = { kind: 'anonymous' };

export async function aUsersWorld(
  options: UsersOverrides & Partial<Pick<UsersConfig, 'http' | 'roles' | 'furtherKeys' | 'pepper'>> = {},
): Promise<UsersWorld> {
  const { http = null, roles = ['api', 'worker'], furtherKeys, pepper = 'the pepper of a test', ...overrides } = options;
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const sql = stack.use(await openSql(database.urls.users.app));
  const [signingKey, gatewayKey] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const config: UsersConfig = {
    databaseUrl: database.urls.users.app,
    poolSize: 10,
    http,
    metricsPort: null,
    roles,
    gatewayKeys: [gatewayKey.publicJwk],
    log: { kind: 'postgres', databaseUrl: database.urls.event_log.app },
    wake: 'process',
    otlpEndpoint: null,
    signingKey,
    pepper,
    ...(furtherKeys === undefined ? {} : { furtherKeys }),
  };
  const lines: string[] = [];
  const statements: string[] = [];
  const state = { offsetMs: 0 };
  const clock: Clock = () => new Date(Date.now() + state.offsetMs);
  const users = stack.use(
    await startUsers(config, {
      clock,
      logger: createLogger({ service: 'test', level: 'debug', write: (line) => lines.push(line) }),
      onStatement: (text) => statements.push(text),
      ...overrides,
    }),
  );
  const gateway = createSigner({ kind: 'gateway', issuer: gatewayIssuer, key: gatewayKey });

  const ask: UsersWorld['ask'] = async (query, variables = {}, caller = anonymous) => {
    const { token } = await gateway.sign(caller, 'users');
    const response = await users.subgraph?.execute({ query, variables, headers: { authorization: `Bearer ${token}` } });
    if (response === undefined) throw new Error('this world has no api');
    // As over HTTP: what JSON does not carry is not part of an answer.
    const body = JSON.parse(JSON.stringify(response.body)) as Partial<Answer>;
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
  };
  const owned = stack.move();
  return {
    users,
    config,
    database,
    sql,
    gatewayKey,
    statements,
    lines,
    clock,
    advance: (ms) => {
      state.offsetMs += ms;
    },
    ask,
    person: () => aPerson(ask),
    async events(topic, key) {
      const rows = await sql.rows('SELECT type, sequence, payload FROM outbox WHERE topic = $1 AND key = $2 ORDER BY sequence', [
        topic,
        key,
      ]);
      return rows.map(({ type, sequence, payload }) => ({
        type: String(type),
        sequence: Number(sequence),
        data: JSON.parse(String(payload)) as unknown,
      }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Everything a sign-in gives. */
export const signInFields = `accessToken refreshToken expiresAt user { id email displayName role createdAt }
  userErrors { __typename code message field ... on RateLimitedError { retryAfterMs } }`;

export const register = `mutation ($input: RegisterInput!) { register(input: $input) { ${signInFields} } }`;
export const login = `mutation ($input: LoginInput!) { login(input: $input) { ${signInFields} } }`;
export const refresh = `mutation ($token: String!) { sessionRefresh(refreshToken: $token) { ${signInFields} } }`;

/** What these mutations answer. */
export interface SignedIn {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly expiresAt: string | null;
  readonly user: {
    readonly id: Id<'usr'>;
    readonly email: string;
    readonly displayName: string | null;
    readonly role: string;
    readonly createdAt: string;
  } | null;
  readonly userErrors: readonly {
    readonly __typename: string;
    readonly code: string;
    readonly message: string;
    readonly field: readonly string[] | null;
    readonly retryAfterMs?: number;
  }[];
}

/** The payload of a mutation. @throws {Error} the whole field failed. */
export function payloadOf<Payload = SignedIn>({ data, errors }: Answer, field: string): Payload {
  const payload = data?.[field];
  if (payload === undefined || payload === null) throw new Error(`no ${field}: ${JSON.stringify(errors)}`);
  return payload as Payload;
}

/** The caller that an access token names. */
export function callerOf(accessToken: string | null): Person['caller'] {
  const claims = JSON.parse(Buffer.from(accessToken?.split('.')[1] ?? '', 'base64url').toString()) as {
    sub: Id<'usr'>;
    sid: Id<'ses'>;
    scope: string;
  };
  return { kind: 'user', userId: claims.sub, sessionId: claims.sid, scopes: claims.scope.split(' ').filter((scope) => scope !== '') };
}

async function aPerson(ask: UsersWorld['ask']): Promise<Person> {
  const [email, password] = [freshEmail('person'), 'seven green bottles'];
  const { accessToken, refreshToken } = payloadOf(await ask(register, { input: { email, password } }), 'register');
  const caller = callerOf(accessToken);
  return { caller, id: caller.userId, email, password, refreshToken: refreshToken ?? '' };
}

/** A caller with a session nobody opened: enough for what the gateway has verified. */
export const aCaller = (userId: Id<'usr'> = newId('usr'), scopes: readonly string[] = []): Person['caller'] => ({
  kind: 'user',
  userId,
  sessionId: newId('ses'),
  scopes,
});
