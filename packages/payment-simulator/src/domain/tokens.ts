import type { MoneyOperation } from './money-request.ts';

/** What the provider decides when a call gets as far as being processed. */
export type Verdict = 'approve' | 'decline' | 'require-action' | 'capture' | 'expire';

interface Rule {
  /** Decided instead of approving. */
  readonly verdict?: Verdict;
  /** A behaviour as a script would spell it; applied to the first call under a key and not to its replays. */
  readonly behaviour?: string;
}

/** Tokens carry behaviour into ordinary checkouts. What a token does not name, it approves. */
export const tokenRules = {
  tok_ok: {},
  tok_declined: { authorise: { verdict: 'decline' } },
  tok_action_required: { authorise: { verdict: 'require-action' } },
  tok_captures_at_once: { authorise: { verdict: 'capture' } },
  tok_timeout_after: { authorise: { behaviour: 'timeout-after' } },
  tok_timeout_before: { authorise: { behaviour: 'timeout-before' } },
  tok_slow_3s: { authorise: { behaviour: 'delay:3000' } },
  tok_error: { authorise: { behaviour: 'http:500' } },
  tok_garbage: { authorise: { behaviour: 'garbage' } },
  tok_unknown_5s: { authorise: { behaviour: 'unknown-for:5000' } },
  tok_capture_refused: { capture: { verdict: 'decline' } },
  tok_capture_timeout_after: { capture: { behaviour: 'timeout-after' } },
  tok_void_timeout_after: { void: { behaviour: 'timeout-after' } },
  tok_refund_fails: { refund: { verdict: 'decline' } },
  tok_expires: { capture: { verdict: 'expire' } },
} as const satisfies Readonly<Record<string, Partial<Record<MoneyOperation, Rule>>>>;

/** A payment method as the simulator knows it. */
export type Token = keyof typeof tokenRules;

/** Every token there is, in the order of the README's table. */
export const tokens = Object.keys(tokenRules) as readonly Token[];

/** Whether the text is a token. */
export const isToken = (text: string): text is Token => Object.hasOwn(tokenRules, text);

/** What a token says about one operation; empty when it says nothing. */
export function ruleOf(token: string, operation: MoneyOperation): Rule {
  if (!isToken(token)) return {};
  const rules: Partial<Record<MoneyOperation, Rule>> = tokenRules[token];
  return rules[operation] ?? {};
}
