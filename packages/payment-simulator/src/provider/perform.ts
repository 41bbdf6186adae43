import { randomUUID } from 'node:crypto';
import { fingerprint, unreachable } from '@tally/kernel';
import { authorise, capture, refund, release, type Authorisation, type Decision, type Reason } from '../domain/authorisation.ts';
import { toView, type AuthorisationView, type LedgerEntry } from '../domain/ledger.ts';
import type { MoneyRequest } from '../domain/money-request.ts';
import type { Verdict } from '../domain/tokens.ts';
import { insertAuthorisation, lockAuthorisation, replaceAuthorisation } from '../store/authorisations.ts';
import type { Queryable } from '../store/database.ts';
import { claimKey, recordAnswer, type RecordedAnswer } from '../store/idempotency-keys.ts';
import { appendFacts, findEntries } from '../store/ledger.ts';

/** How the provider decides a call, and how long enquiries must not see it, in milliseconds. */
export interface Ruling {
  readonly verdict: Verdict;
  readonly hiddenMs: number;
  readonly behaviour: string | null;
}

/** What the caller is told, and whether it was told the same before. */
export interface Answer extends RecordedAnswer {
  readonly replayed: boolean;
}

/** Where a buyer approves an authorisation. */
export type ActionUrl = (authorisation: string) => string;

/**
 * Does what a call asks for: key, authorisation, ledger and recorded answer are one transaction, the caller's. The key comes first, so that of two
 * equal calls at once the second waits and gets the first one's answer. The authorisation named in the request must exist.
 */
export async function perform(tx: Queryable, request: MoneyRequest, ruling: Ruling, actionUrl: ActionUrl): Promise<Answer> {
  const { key } = request;
  const intent = fingerprint({ ...request }, ['key']);
  const claim = await claimKey(tx, key, intent);
  if (claim.kind === 'known') return claim.fingerprint === intent ? { ...claim.answer, replayed: true } : keyReused;

  const { view, refusal } = await (request.operation === 'authorise'
    ? open(tx, request, ruling, actionUrl)
    : move(tx, request, ruling, actionUrl));
  const answer =
    refusal === null ? { status: request.operation === 'authorise' ? 201 : 200, body: JSON.stringify(view) } : refusalAnswer(refusal, view);
  await recordAnswer(tx, key, view.id, answer);
  return { ...answer, replayed: false };
}

/** The answer to a call that the provider refuses: reason and the authorisation as it stands. */
export const refusalAnswer = (code: Reason, authorisation: AuthorisationView): RecordedAnswer => ({
  status: refusalStatus[code],
  body: JSON.stringify({ error: { code, message: refusalMessage[code] }, authorisation }),
});

interface Outcome {
  readonly view: AuthorisationView;
  readonly refusal: Reason | null;
}

type Opening = Extract<MoneyRequest, { operation: 'authorise' }>;

async function open(tx: Queryable, request: Opening, { verdict, hiddenMs, behaviour }: Ruling, actionUrl: ActionUrl): Promise<Outcome> {
  const { key, order, amount, currency, token } = request;
  const id = `auth_${randomUUID().replaceAll('-', '')}`;
  const { after, facts, refusal } = authorise({ id, order, amount, currency, token, capture: request.capture }, verdict);
  await insertAuthorisation(tx, after, hiddenMs > 0 ? { forMs: hiddenMs, view: null } : null);
  const entries = await appendFacts(tx, facts, { order, authorisation: id, key, behaviour });
  return { view: toView(after, entries, actionUrl), refusal };
}

async function move(tx: Queryable, request: Exclude<MoneyRequest, Opening>, ruling: Ruling, actionUrl: ActionUrl): Promise<Outcome> {
  const { key, authorisation: id } = request;
  const before = await lockAuthorisation(tx, id);
  const earlier = await findEntries(tx, [id]);
  const decision = decide(request, before, ruling.verdict);
  const hide = ruling.hiddenMs > 0 ? { forMs: ruling.hiddenMs, view: toView(before, earlier, actionUrl) } : null;
  return write(tx, before, earlier, decision, { key, behaviour: ruling.behaviour }, hide, actionUrl);
}

/** Writes what became of an authorisation that the transaction has locked. */
export async function write(
  tx: Queryable,
  before: Authorisation,
  earlier: readonly LedgerEntry[],
  { after, facts, refusal }: Decision,
  cause: { readonly key: string | null; readonly behaviour: string | null },
  hide: Parameters<typeof replaceAuthorisation>[3],
  actionUrl: ActionUrl,
): Promise<Outcome> {
  if (after !== before || hide !== null) await replaceAuthorisation(tx, before, after, hide);
  const entries = await appendFacts(tx, facts, { order: before.order, authorisation: before.id, ...cause });
  return { view: toView(after, [...earlier, ...entries], actionUrl), refusal };
}

function decide(request: Exclude<MoneyRequest, Opening>, before: Authorisation, verdict: Verdict): Decision {
  const { operation } = request;
  switch (operation) {
    case 'capture':
      return capture(before, request, verdict);
    case 'refund':
      return refund(before, request, verdict);
    case 'void':
      return release(before, verdict);
    default:
      return unreachable(operation);
  }
}

const keyReused: Answer = {
  status: 409,
  body: JSON.stringify({ error: { code: 'idempotency_key_reused', message: 'This Idempotency-Key was used for another request.' } }),
  replayed: false,
};

/** 402: the payment itself is refused. 422: the request does not fit the authorisation. */
const refusalStatus: Readonly<Record<Reason, number>> = {
  card_declined: 402,
  capture_refused: 402,
  void_refused: 402,
  refund_failed: 402,
  authorisation_expired: 402,
  invalid_state: 422,
  currency_mismatch: 422,
  amount_exceeds_authorised: 422,
  amount_exceeds_captured: 422,
};

const refusalMessage: Readonly<Record<Reason, string>> = {
  card_declined: 'The card was declined.',
  capture_refused: 'The capture was refused for good.',
  void_refused: 'The void was refused.',
  refund_failed: 'The refund failed for good.',
  authorisation_expired: 'The authorisation has expired.',
  invalid_state: 'The status of the authorisation does not allow this.',
  currency_mismatch: 'The currency differs from that of the authorisation.',
  amount_exceeds_authorised: 'The amount is more than was authorised.',
  amount_exceeds_captured: 'The amount is more than is left of what was captured.',
};
