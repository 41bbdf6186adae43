/** What an authorisation is, in the provider's words translated. Amounts are minor units. */
export interface Snapshot {
  /** The provider's name for it. */
  readonly ref: string;
  /** What we called it: the order's id. */
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  /** VOIDED also when it expired: nothing is held any more. */
  readonly status: 'REQUIRES_ACTION' | 'AUTHORISED' | 'CAPTURED' | 'DECLINED' | 'VOIDED';
  readonly captured: number;
  /** Where the buyer continues, while the status is REQUIRES_ACTION. */
  readonly actionUrl: string | null;
  /** Why it was declined, in the provider's words. */
  readonly declineCode: string | null;
}

/** Certainly without effect: the request never left, or was turned away before anything happened. */
export interface NotSent {
  readonly kind: 'NOT_SENT';
  readonly code: string;
  /** Our own breaker kept it back. */
  readonly circuitOpen: boolean;
}

/** Anything may have happened: timeout, reset after the request was written, 5xx, unreadable answer. */
export interface Unknown {
  readonly kind: 'UNKNOWN';
  readonly code: string;
}

/** The provider said no, for good. */
export interface Refused {
  readonly kind: 'REFUSED';
  readonly code: string;
  /** How the authorisation stands, if the provider says so. */
  readonly snapshot: Snapshot | null;
}

/** How a call went. */
export type CallAnswer = { readonly kind: 'ANSWERED'; readonly snapshot: Snapshot } | Refused | NotSent | Unknown;

/** What the provider knows about one call, found by its key or else by its order. */
export interface Found {
  readonly kind: 'FOUND';
  readonly snapshot: Snapshot;
  /** What became of the call that was asked about. NONE: the provider has not seen it, or not yet. */
  readonly outcome: 'SUCCEEDED' | 'REFUSED' | 'NONE';
  /** Why it was refused, in the provider's words. */
  readonly code: string | null;
}

/** How an enquiry went. NOT_FOUND says that the provider knows no such authorisation, or not yet. */
export type EnquiryAnswer = Found | { readonly kind: 'NOT_FOUND' } | NotSent | Unknown;

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
      return status === 'DECLINED' ? { outcome: 'DECLINED', providerRef: ref, errorCode: declineCode } : { outcome: 'SUCCEEDED', providerRef: ref, errorCode: null };
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
