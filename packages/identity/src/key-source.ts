import type { JWK } from 'jose';
import { verificationKeys } from './signing-key.ts';

/**
 * Public keys by `kid`. `null` means that nobody knows the key; throwing means that nobody could be asked.
 */
export interface KeySource {
  find(kid: string): Promise<JWK | null>;
}

/** How a key set is kept. All times in milliseconds. */
export interface KeySetOptions {
  /** A `kid` that is unknown asks the set again after this time at the earliest; default 30,000. */
  readonly coolDownMs?: number;
  /** After a failure the set is left alone for this time; default 1,000. */
  readonly failureCoolDownMs?: number;
  /** Known keys are looked at again after this time, aside from the request; default 600,000. So a key that was withdrawn ends. */
  readonly refreshAfterMs?: number;
  /** A monotonic clock; default `performance.now`. */
  readonly now?: () => number;
}

/** Keys that are part of the configuration. */
export function staticKeys(keys: readonly JWK[]): KeySource {
  const byKid = verificationKeys(keys);
  return { find: (kid) => Promise.resolve(byKid.get(kid) ?? null) };
}

/**
 * A JWKS endpoint (RFC 7517), asked by one request at a time. A stranger's `kid` cannot make it busy: it is asked at most once per 30 s for one it did
 * not know, once per second while it fails. What it said last stays valid while it is away.
 *
 * @param options.timeoutMs patience with one request, default 2,000.
 * @throws {Error} from `find`: the endpoint cannot be reached and the key is not known; retryable.
 */
export function remoteKeys(url: string, options: KeySetOptions & { readonly timeoutMs?: number } = {}): KeySource {
  const { timeoutMs = 2_000, ...kept } = options;
  return localKeys(async () => {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
      headers: { accept: 'application/json' },
    });
    if (!response.ok) throw new TypeError(`the key set answered ${String(response.status)}`);
    return keySetOf(await response.json());
  }, kept);
}

/** As `remoteKeys`, for a key set in the same process. */
export function localKeys(read: () => Promise<{ readonly keys: readonly JWK[] }>, options: KeySetOptions = {}): KeySource {
  const { coolDownMs = 30_000, failureCoolDownMs = 1_000, refreshAfterMs = 600_000, now = () => performance.now() } = options;
  let known: ReadonlyMap<string, JWK> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let failure: { readonly at: number; readonly error: Error } | null = null;
  let reading: Promise<void> | null = null;

  async function readOnce(): Promise<void> {
    try {
      known = verificationKeys((await read()).keys);
      readAt = now();
      failure = null;
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error('the key set cannot be read', { cause });
      failure = { at: now(), error };
      throw error;
    } finally {
      reading = null;
    }
  }

  function refresh(): Promise<void> {
    if (failure !== null && now() - failure.at < failureCoolDownMs) return Promise.reject(failure.error);
    return (reading ??= readOnce());
  }

  return {
    async find(kid) {
      const key = known.get(kid);
      if (key !== undefined) {
        if (now() - readAt >= refreshAfterMs) refresh().catch(() => undefined);
        return key;
      }
      if (now() - readAt < coolDownMs) return null;
      await refresh();
      return known.get(kid) ?? null;
    },
  };
}

function keySetOf(body: unknown): { readonly keys: readonly JWK[] } {
  if (typeof body === 'object' && body !== null && 'keys' in body && Array.isArray(body.keys)) return { keys: body.keys as readonly JWK[] };
  throw new TypeError('the answer is no key set');
}
