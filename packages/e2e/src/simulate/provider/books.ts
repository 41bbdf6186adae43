import { unreachable } from '@tally/kernel';
import {
  approve,
  authorise,
  capture,
  refund,
  release,
  toView,
  type Authorisation,
  type AuthorisationView,
  type Decision,
  type LedgerEntry,
  type MoneyRequest,
  type Reason,
  type Verdict,
} from '@tally/payment-simulator';

/** How the provider decides a call, and how long enquiries must not see it, in milliseconds. */
export interface Ruling {
  readonly verdict: Verdict;
  readonly hiddenMs: number;
  readonly behaviour: string | null;
}

/** What a call came to: the authorisation, and why the provider refused, if it did. */
export type Answer = { readonly view: AuthorisationView; readonly refusal: Reason | null } | 'key reused';

/** The books of a payment provider in memory, on the rules of the payment simulator. Nothing in it asks a clock or chance. */
export interface Books {
  /** Does what a call asks for, once per key. The authorisation it names must exist. */
  perform(request: MoneyRequest, ruling: Ruling): Answer;
  /** Puts on record that a call arrived and was left without effect. */
  leaveUndone(request: MoneyRequest, behaviour: string | null): void;
  knowsKey(key: string): boolean;
  find(id: string): Authorisation | null;
  /** What an enquiry sees at the moment. */
  enquire(by: 'key' | 'order', value: string): readonly AuthorisationView[];
  /** The buyer approves. */
  approve(id: string): void;
  /** Authorisations that wait for their buyer, oldest first. */
  awaitingBuyers(): readonly string[];
  /** Everything that ever happened, oldest first. */
  readonly ledger: readonly LedgerEntry[];
}

interface Account {
  authorisation: Authorisation;
  readonly entries: LedgerEntry[];
  hidden: { readonly until: number; readonly view: AuthorisationView | null } | null;
}

const actionUrl = (id: string): string => `https://provider.invalid/challenges/${id}`;
const decisions = {
  capture: (before: Authorisation, request: MoneyRequest, verdict: Verdict) => capture(before, amountOf(request, before), verdict),
  refund: (before: Authorisation, request: MoneyRequest, verdict: Verdict) => refund(before, amountOf(request, before), verdict),
  void: (before: Authorisation, _request: MoneyRequest, verdict: Verdict) => release(before, verdict),
};

/** @param now the time of the world, which is neither our databases' nor our processes' to change. */
export function openBooks(now: () => Date): Books {
  const ledger: LedgerEntry[] = [];
  const accounts = new Map<string, Account>();
  const byOrder = new Map<string, Account[]>();
  const byKey = new Map<string, Account>();
  const answers = new Map<string, { readonly intent: string; readonly answer: Answer }>();

  function write(account: Account, { after, facts }: Decision, key: string | null, behaviour: string | null): AuthorisationView {
    account.authorisation = after;
    for (const fact of facts) {
      const entry = {
        id: ledger.length + 1,
        ...fact,
        order: after.order,
        authorisation: after.id,
        key,
        behaviour,
        at: now().toISOString(),
      };
      ledger.push(entry);
      account.entries.push(entry);
    }
    if (key !== null) byKey.set(key, account);
    return viewOf(account);
  }

  function hide(account: Account, ms: number, view: AuthorisationView | null): void {
    if (ms > 0) account.hidden = { until: now().getTime() + ms, view };
  }

  function open(request: MoneyRequest & { operation: 'authorise' }, { verdict, hiddenMs, behaviour }: Ruling): Answer {
    const { key, operation: _, ...asked } = request;
    const decision = authorise({ id: `auth_${String(accounts.size + 1)}`, ...asked }, verdict);
    const account: Account = { authorisation: decision.after, entries: [], hidden: null };
    accounts.set(decision.after.id, account);
    byOrder.set(asked.order, [...(byOrder.get(asked.order) ?? []), account]);
    hide(account, hiddenMs, null);
    return { view: write(account, decision, key, behaviour), refusal: decision.refusal };
  }

  function move(request: Exclude<MoneyRequest, { operation: 'authorise' }>, { verdict, hiddenMs, behaviour }: Ruling): Answer {
    const account = accounts.get(request.authorisation);
    if (account === undefined) throw new RangeError(`the provider has no ${request.authorisation}`);
    const decision = decisions[request.operation](account.authorisation, request, verdict);
    hide(account, hiddenMs, viewOf(account));
    return { view: write(account, decision, request.key, behaviour), refusal: decision.refusal };
  }

  return {
    ledger,
    perform(request, ruling) {
      const { key } = request;
      const intent = JSON.stringify(request);
      const known = answers.get(key);
      if (known !== undefined) return known.intent === intent ? known.answer : 'key reused';
      const answer = request.operation === 'authorise' ? open(request, ruling) : move(request, ruling);
      answers.set(key, { intent, answer });
      return answer;
    },
    leaveUndone(request, behaviour) {
      const before = request.operation === 'authorise' ? null : (accounts.get(request.authorisation)?.authorisation ?? null);
      const asked = before === null ? request : { ...before, ...request };
      ledger.push({
        id: ledger.length + 1,
        operation: request.operation,
        order: 'order' in asked ? asked.order : '',
        authorisation: before?.id ?? null,
        key: request.key,
        amount: 'amount' in asked ? asked.amount : 0,
        currency: 'currency' in asked ? asked.currency : '',
        outcome: 'not_done',
        reason: null,
        behaviour,
        status: before?.status ?? null,
        at: now().toISOString(),
      });
    },
    knowsKey: (key) => answers.has(key),
    find: (id) => accounts.get(id)?.authorisation ?? null,
    enquire(by, value) {
      const found = by === 'order' ? (byOrder.get(value) ?? []) : [byKey.get(value)].filter((account) => account !== undefined);
      const views = found.flatMap((account) => seen(account, now()));
      return by === 'key' ? views.filter(({ operations }) => operations.some(({ key }) => key === value)) : views;
    },
    approve(id) {
      const account = accounts.get(id);
      if (account !== undefined) write(account, approve(account.authorisation), null, null);
    },
    awaitingBuyers: () => [...accounts.values()].flatMap(({ authorisation: { id, status } }) => (status === 'requires_action' ? [id] : [])),
  };
}

const viewOf = ({ authorisation, entries }: Account): AuthorisationView => toView(authorisation, entries, actionUrl);

function seen(account: Account, now: Date): readonly AuthorisationView[] {
  const { hidden } = account;
  if (hidden === null || hidden.until <= now.getTime()) return [viewOf(account)];
  return hidden.view === null ? [] : [hidden.view];
}

function amountOf(request: MoneyRequest, { currency }: Authorisation): { readonly amount: number; readonly currency: string } {
  switch (request.operation) {
    case 'authorise':
    case 'capture':
    case 'refund':
      return request;
    case 'void':
      return { amount: 0, currency };
    default:
      return unreachable(request);
  }
}
