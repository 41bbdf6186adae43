import { ok, refuse, type Outcome } from '@tally/kernel';
import type { Idempotency, RecordedResult } from '@tally/subgraph-kit';
import type { Actor } from '../domain/actor.ts';
import { invalid, type Refusals } from '../domain/refusal.ts';

/** Keys outside of transactions: what a key stands for is asked before anything is validated or priced. */
export type KeyLookup = Pick<Idempotency, 'find'>;

/** The key and whose it is. */
export function requireKey(actor: Actor, key: string | null): Outcome<{ readonly scope: string; readonly key: string }, Refusals> {
  if (actor.keyScope === null) return refuse([{ kind: 'FORBIDDEN', message: 'Sign in first.', field: [] }]);
  return key === null ? refuse([invalid('1 to 255 printable characters.', 'idempotencyKey')]) : ok({ scope: actor.keyScope, key });
}

/** What an earlier request with the key recorded, `null` if there was none. Refused: it meant something else. */
export async function replayOf<Result>(earlier: Promise<RecordedResult | null>, intent: string): Promise<Outcome<Result | null, Refusals>> {
  const recorded = await earlier;
  if (recorded === null) return ok(null);
  return recorded.fingerprint === intent ? ok(recorded.result as Result) : refuse([{ kind: 'IDEMPOTENCY_KEY_REUSED' }]);
}
