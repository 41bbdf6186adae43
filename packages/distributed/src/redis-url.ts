import type { RedisAddress } from '@tally/redis';

/** The URL that was parsed into this address, for a process that parses it again. */
export function redisUrlOf({ tls, host, port, database, username, password }: RedisAddress): string {
  const url = new URL(`${tls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}`);
  url.port = String(port);
  url.pathname = `/${String(database)}`;
  url.username = encodeURIComponent(username ?? '');
  url.password = encodeURIComponent(password ?? '');
  return url.href;
}
