import type { Authorisation, LedgerOperation, Reason, Status } from './authorisation.ts';

/**
 * One row of the independent witness, written before the caller gets any answer and never changed. `not_done` rows say that a call arrived and was
 * deliberately left without effect. A replay, a reused key and an unparsable call change nothing and leave no row.
 */
export interface LedgerEntry {
  /** Rises with time; rows appear in this order. */
  readonly id: number;
  readonly operation: LedgerOperation;
  readonly order: string;
  /** `null` when an authorise call was not done. */
  readonly authorisation: string | null;
  /** The call's Idempotency-Key; `null` for what the admin calls caused. */
  readonly key: string | null;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly outcome: 'succeeded' | 'requires_action' | 'declined' | 'refused' | 'not_done';
  readonly reason: Reason | null;
  /** The behaviour in force as a script spells it; `null` for an ordinary call. */
  readonly behaviour: string | null;
  /** Status of the authorisation afterwards. */
  readonly status: Status | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** One operation as the provider shows it to its customer. */
export interface OperationView {
  /** The provider's reference, `op_` and a number. */
  readonly id: string;
  readonly operation: LedgerOperation;
  readonly key: string | null;
  readonly amount: number;
  readonly outcome: 'succeeded' | 'requires_action' | 'declined' | 'refused';
  readonly reason: Reason | null;
  readonly at: string;
}

/** An authorisation on the wire: the body of every successful call and enquiry. Amounts are minor units of `currency`. */
export interface AuthorisationView {
  readonly id: string;
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: Status;
  readonly captured: number;
  readonly refunded: number;
  /** Where the buyer approves, while the status is `requires_action`. */
  readonly actionUrl: string | null;
  /** Everything done or refused so far, oldest first: an enquiry finds the outcome of each key here. */
  readonly operations: readonly OperationView[];
}

/** The wire form of an authorisation with the ledger rows that belong to it. */
export function toView(
  authorisation: Authorisation,
  entries: readonly LedgerEntry[],
  actionUrl: (id: string) => string,
): AuthorisationView {
  const { id, order, amount, currency, status, captured, refunded } = authorisation;
  const operations = entries.flatMap((entry) =>
    entry.outcome === 'not_done' ? [] : [toOperationView({ ...entry, outcome: entry.outcome })],
  );
  return {
    id,
    order,
    amount,
    currency,
    status,
    captured,
    refunded,
    actionUrl: status === 'requires_action' ? actionUrl(id) : null,
    operations,
  };
}

const toOperationView = (
  entry: Pick<LedgerEntry, 'id' | 'operation' | 'key' | 'amount' | 'reason' | 'at'> & Pick<OperationView, 'outcome'>,
): OperationView => ({
  id: `op_${String(entry.id)}`,
  operation: entry.operation,
  key: entry.key,
  amount: entry.amount,
  outcome: entry.outcome,
  reason: entry.reason,
  at: entry.at,
});
