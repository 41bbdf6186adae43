import { unreachable } from '@tally/kernel';
import { parseBehaviour, type Behaviour } from './behaviour.ts';
import type { MoneyOperation } from './money-request.ts';
import { ruleOf, type Verdict } from './tokens.ts';

/** What the caller gets to see. `answer` is the truth; all others leave the caller in doubt. */
export type Reply =
  | { readonly kind: 'answer' }
  /** Nothing, until the caller leaves. */
  | { readonly kind: 'hold' }
  /** The connection ends in an orderly way, without an answer. */
  | { readonly kind: 'close' }
  /** The connection is reset (TCP RST). */
  | { readonly kind: 'reset' }
  /** 200 with bytes that are no JSON. */
  | { readonly kind: 'garbage' }
  | { readonly kind: 'status'; readonly status: number };

/** Whether and when the operation takes effect. */
export type Effect = { readonly kind: 'done' } | { readonly kind: 'never' } | { readonly kind: 'late'; readonly ms: number };

/** The way one call goes, decided before anything happens. */
export interface Course {
  readonly verdict: Verdict;
  /** How long the call takes, in milliseconds; `null` is the configured latency. */
  readonly waitMs: number | null;
  readonly effect: Effect;
  /** How long enquiries answer as if the operation had not happened, in milliseconds. */
  readonly hiddenMs: number;
  readonly reply: Reply;
  /** The scripted or token behaviour in force, as spelled; `null` for an ordinary call. */
  readonly behaviour: string | null;
}

const plain = { waitMs: null, effect: { kind: 'done' }, hiddenMs: 0, reply: { kind: 'answer' } } as const;
const undone = { ...plain, effect: { kind: 'never' } } as const;

/** Whether the token makes this operation go astray, so that it matters whether the key has been seen before. */
export const goesAstray = (token: string, operation: MoneyOperation): boolean => ruleOf(token, operation).behaviour !== undefined;

/**
 * The course of a call that moves money. A scripted behaviour comes before the token's; a key that is known is answered plainly unless scripted,
 * so that a retry learns what the first call did.
 */
export function planMoney(operation: MoneyOperation, token: string, scripted: Behaviour | null, keyKnown: boolean): Course {
  const rule = ruleOf(token, operation);
  const own = rule.behaviour === undefined || keyKnown ? null : parseBehaviour(rule.behaviour);
  return follow(scripted ?? own, rule.verdict ?? 'approve');
}

/** The course of an enquiry: only how it is answered can differ. */
export const planEnquiry = (scripted: Behaviour | null): Course => follow(scripted, 'approve');

function follow(behaviour: Behaviour | null, verdict: Verdict): Course {
  if (behaviour === null) return { ...plain, verdict, behaviour: null };
  const because = { verdict, behaviour: behaviour.text };
  switch (behaviour.kind) {
    case 'approve':
    case 'decline':
      return { ...plain, ...because, verdict: behaviour.kind };
    case 'delay':
      return { ...plain, ...because, waitMs: behaviour.ms };
    case 'timeout-before':
      return { ...undone, ...because, reply: { kind: 'hold' } };
    case 'timeout-after':
      return { ...plain, ...because, reply: { kind: 'hold' } };
    case 'late':
      return { ...plain, ...because, effect: { kind: 'late', ms: behaviour.ms }, reply: { kind: 'close' } };
    case 'http':
      return { ...(behaviour.done ? plain : undone), ...because, reply: { kind: 'status', status: behaviour.status } };
    case 'garbage':
      return { ...plain, ...because, reply: { kind: 'garbage' } };
    case 'reset':
      return { ...undone, ...because, reply: { kind: 'reset' } };
    case 'refuse':
      return { ...undone, ...because, waitMs: 0, reply: { kind: 'close' } };
    case 'unknown-for':
      return { ...plain, ...because, hiddenMs: behaviour.ms, reply: { kind: 'close' } };
    default:
      return unreachable(behaviour);
  }
}
