import type { MoneyOperation, Token } from '@tally/payment-simulator';

/** A way in which the provider fails us, as its scripts spell it. */
export interface Kind {
  readonly behaviour: string;
  readonly title: string;
  /** Whether the first enquiries find that it was done; else the call is made again. */
  readonly found: boolean;
}

export const kinds: readonly Kind[] = [
  { behaviour: 'timeout-after', title: 'times out after success', found: true },
  { behaviour: 'timeout-before', title: 'times out, not done', found: false },
  { behaviour: 'late:15000', title: 'success 15 s later', found: false },
  { behaviour: 'unknown-for:8000', title: 'unknown for 8 s', found: true },
  { behaviour: 'garbage', title: 'garbage', found: true },
  { behaviour: 'delay:30000', title: '30 s slow', found: false },
  { behaviour: 'reset', title: 'reset', found: false },
  { behaviour: 'refuse', title: 'closed at once', found: false },
  { behaviour: 'http:500', title: '500, not done', found: false },
  { behaviour: 'http:502-after', title: '502 after success', found: true },
];

/** Of a kind of failure, in one operation of an order's payment. */
export interface Case {
  readonly operation: MoneyOperation;
  /** Pays with this, which nobody else does at this operation. */
  readonly token: 'tok_ok' | 'tok_void_timeout_after' | 'tok_refund_fails' | 'tok_capture_refused';
  /** How its saga ends. */
  readonly endsAs: 'SOLD' | 'CANCELLED';
  /** What the provider's ledger shows of it in the end. */
  readonly succeeded: Readonly<Record<'capture' | 'void' | 'refund', number>>;
}

/** Refunds happen to orders with the card of everybody, which nobody else calls off. A void comes by itself when a capture is refused for good. */
export const cases: readonly Case[] = [
  { operation: 'authorise', token: 'tok_void_timeout_after', endsAs: 'SOLD', succeeded: { capture: 1, void: 0, refund: 0 } },
  { operation: 'capture', token: 'tok_refund_fails', endsAs: 'SOLD', succeeded: { capture: 1, void: 0, refund: 0 } },
  { operation: 'void', token: 'tok_capture_refused', endsAs: 'CANCELLED', succeeded: { capture: 0, void: 1, refund: 0 } },
  { operation: 'refund', token: 'tok_ok', endsAs: 'CANCELLED', succeeded: { capture: 1, void: 0, refund: 1 } },
];

/** Tokens that somebody pays with. */
export const tokensInUse = [
  'tok_ok',
  'tok_void_timeout_after',
  'tok_refund_fails',
  'tok_capture_refused',
] as const satisfies readonly Token[];

export type TokenInUse = (typeof tokensInUse)[number];
