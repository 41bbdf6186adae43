/**
 * What is known about the attempts to sign in to one account name, existing or not.
 *
 * *Free*: at most five attempts, until the minute that began with the first is over; then nothing is known. *Delayed*: a sixth came within that
 * minute, and every further one is refused until `until`, without being counted, so that hammering does not lock the owner out for longer. *On probation*:
 * the delay is over; one attempt is admitted, and the next delay, twice as long (at most 15 minutes), begins with it. A successful sign-in, or 15
 * minutes of quiet after a delay, ends it all. Nobody is locked out for good.
 */
export interface LoginAttempts {
  /** Attempts that counted, 1 or more. */
  readonly attempts: number;
  /** End of the free minute, or of the delay. */
  readonly until: Date;
}

export type Admission =
  | { readonly kind: 'admit'; readonly next: LoginAttempts }
  /** `next` is `null` when there is nothing new to keep. */
  | { readonly kind: 'delay'; readonly retryAfterMs: number; readonly next: LoginAttempts | null };

const freeAttempts = 5;
const freeMs = 60_000;
const longestDelayMs = 15 * 60_000;

/** After how much quiet nothing is left to know, in milliseconds. */
export const quietMs = 15 * 60_000;

/** Whether an attempt may go on, and what to keep before it does. */
export function admit(known: LoginAttempts | null, now: Date): Admission {
  const first = { kind: 'admit', next: { attempts: 1, until: after(now, freeMs) } } as const;
  if (known === null) return first;
  const leftMs = known.until.getTime() - now.getTime();
  const attempts = known.attempts + 1;
  if (known.attempts <= freeAttempts) {
    if (leftMs <= 0) return first;
    if (attempts <= freeAttempts) return { kind: 'admit', next: { attempts, until: known.until } };
    return { kind: 'delay', retryAfterMs: freeMs, next: { attempts, until: after(now, freeMs) } };
  }
  if (leftMs > 0) return { kind: 'delay', retryAfterMs: leftMs, next: null };
  if (-leftMs >= quietMs) return first;
  return { kind: 'admit', next: { attempts, until: after(now, delayMs(attempts)) } };
}

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

/** 1 minute behind the sixth attempt, 2 behind the seventh, then 4 and 8, and 15 from there on. */
const delayMs = (attempts: number): number => Math.min(freeMs * 2 ** Math.min(attempts - freeAttempts - 1, 10), longestDelayMs);
