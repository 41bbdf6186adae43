import { z } from 'zod';

/** Where Redis is, and who asks. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** TLS, with the certificates that the system trusts. */
  readonly tls: boolean;
  /** `null`: the server's default user. */
  readonly username: string | null;
  readonly password: string | null;
  /** Number of the database on the server. */
  readonly database: number;
  /** Put before every key, so that several systems share a server. */
  readonly prefix: string;
}

type Endpoint = Omit<RedisAddress, 'prefix'>;

/** Settings of every process that uses Redis. */
export const redisSettings = {
  REDIS_URL: z.string().transform(endpointOf).optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'up to 64 letters, digits, and any of . : _ -')
    .default('tally:'),
};

/** The address that was read by `redisSettings`; `null` without `REDIS_URL`. */
export function redisAddressOf(read: { readonly REDIS_URL?: Endpoint | undefined; readonly REDIS_PREFIX: string }): RedisAddress | null {
  return read.REDIS_URL === undefined ? null : { ...read.REDIS_URL, prefix: read.REDIS_PREFIX };
}

const standardPort = 6379;

// Neither message quotes the text: it may hold the password.
function endpointOf(text: string, problems: z.RefinementCtx): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null;
  const tls = url?.protocol === 'rediss:';
  if (url === null || (!tls && url.protocol !== 'redis:') || url.hostname === '')
    return refuse(problems, 'a URL such as redis://user:password@host:6379, or rediss:// for TLS');
  const database = /^\/?(\d{0,4})$/.exec(url.pathname)?.[1];
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (database === undefined || url.search !== '' || url.hash !== '' || username === null || password === null)
    return refuse(
      problems,
      'behind the host only the number of a database, as in /1; in a password % / ? # and @ are written as %25 %2F %3F %23 %40',
    );
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? standardPort : Number(url.port),
    tls,
    username: username === '' ? null : username,
    password: password === '' ? null : password,
    database: Number(database),
  };
}

function refuse(problems: z.RefinementCtx, message: string): never {
  problems.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
