import type { Id } from '@tally/kernel';
import type { CallAnswer, EnquiryAnswer } from './evidence.ts';
import type { Call } from './operation.ts';

/** How one attempt ended, as the record keeps it. */
export type AttemptOutcome = 'STARTED' | 'SUCCEEDED' | 'DECLINED' | 'ERROR' | 'UNKNOWN' | 'CIRCUIT_OPEN';

/** What the record says about a finished attempt. */
export interface AttemptEnd {
  readonly outcome: Exclude<AttemptOutcome, 'STARTED'>;
  readonly providerRef: string | null;
  readonly errorCode: string | null;
}

/** The line that an answer leaves in the record of attempts. */
export function attemptEnd(answer: CallAnswer | EnquiryAnswer): AttemptEnd {
  switch (answer.kind) {
    case 'ANSWERED': {
      const { status, ref, declineCode } = answer.snapshot;
      return status === 'DECLINED'
        ? { outcome: 'DECLINED', providerRef: ref, errorCode: declineCode }
        : { outcome: 'SUCCEEDED', providerRef: ref, errorCode: null };
    }
    case 'FOUND':
      return { outcome: 'SUCCEEDED', providerRef: answer.snapshot.ref, errorCode: null };
    case 'NOT_FOUND':
      return { outcome: 'SUCCEEDED', providerRef: null, errorCode: 'NOT_FOUND' };
    case 'REFUSED':
      return { outcome: 'DECLINED', providerRef: answer.snapshot?.ref ?? null, errorCode: answer.code };
    case 'NOT_SENT':
      return { outcome: answer.circuitOpen ? 'CIRCUIT_OPEN' : 'ERROR', providerRef: null, errorCode: answer.code };
    case 'UNKNOWN':
      return { outcome: 'UNKNOWN', providerRef: null, errorCode: answer.code };
  }
}

/** One call to the provider, or one that could not be made, as the record keeps it. */
export interface Attempt {
  readonly id: Id<'att'>;
  /** From 1, per payment. */
  readonly number: number;
  readonly operation: Call | 'ENQUIRE';
  readonly outcome: AttemptOutcome;
  readonly providerRef: string | null;
  readonly errorCode: string | null;
  readonly latencyMs: number | null;
  readonly at: Date;
}
