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
