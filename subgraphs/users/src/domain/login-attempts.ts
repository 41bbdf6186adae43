/** Attempts to sign in to one account name within the running window. */
export interface LoginAttempts {
  readonly attempts: number;
  readonly windowEnd: Date;
}

export type Admission = { readonly kind: 'admit'; readonly next: LoginAttempts } | { readonly kind: 'delay'; readonly retryAfterMs: number; readonly next: LoginAttempts };

const freeAttempts = 5;
const windowMs = 60_000;
const longestDelayMs = 15 * 60_000;

/**
 * Five attempts a minute are free; each further one waits longer, up to 15 minutes. Nobody is locked out for good: the delay ends by itself, and a
 * successful sign-in forgets it.
 */
export function admit(known: LoginAttempts | null, now: Date): Admission {
  if (known === null || known.windowEnd <= now) return { kind: 'admit', next: { attempts: 1, windowEnd: new Date(now.getTime() + windowMs) } };
  const attempts = known.attempts + 1;
  if (attempts <= freeAttempts) return { kind: 'admit', next: { attempts, windowEnd: known.windowEnd } };
  const delayMs = Math.min(windowMs * 2 ** Math.min(attempts - freeAttempts - 1, 10), longestDelayMs);
  // Only the attempt that enters a delay lengthens it: hammering does not lock the owner out for longer.
  if (known.attempts > freeAttempts) return { kind: 'delay', retryAfterMs: known.windowEnd.getTime() - now.getTime(), next: known };
  const windowEnd = new Date(now.getTime() + delayMs);
  return { kind: 'delay', retryAfterMs: delayMs, next: { attempts, windowEnd } };
}
