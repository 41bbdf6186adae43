import { ReplyError } from 'ioredis';

/** Whether the server was reached and said no. */
export const isReply = (error: unknown): error is Error => error instanceof (ReplyError as new () => Error);

export const isUnknownScript = (error: unknown): boolean => isReply(error) && error.message.startsWith('NOSCRIPT');

const advice: readonly (readonly [beginning: RegExp, advice: string])[] = [
  [/^(WRONGPASS|ERR invalid password|ERR AUTH|ERR Client sent AUTH)/, 'wrong user or password: correct the URL'],
  [/^NOAUTH/, 'it wants a password: put it into the URL, as in redis://:password@host:6379'],
  [/^NOPERM/, 'the user lacks a permission: allow it all commands on the keys with our prefix, and PING and INFO'],
  [/^ERR DB index/, 'no such database: correct the number at the end of the URL'],
];

/** What to do about an answer that no waiting will change; `null` for all others. */
export function adviceOn(error: unknown): string | null {
  if (!isReply(error)) return null;
  return advice.find(([beginning]) => beginning.test(error.message))?.[1] ?? null;
}
