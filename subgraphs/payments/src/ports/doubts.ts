import type { Id } from '@tally/kernel';
import type { Interventions } from '@tally/messaging';
import type { Idempotency } from '@tally/subgraph-kit';
import type { Call, Work } from '../domain/operation.ts';
import type { PaymentsUnit } from './transact.ts';

/** What stands of a payment that a person asks about. HELD: a worker asks the provider at this moment. */
export type Taken = { readonly kind: 'TAKEN'; readonly work: Work } | { readonly kind: 'HELD' | 'NOT_IN_DOUBT' | 'NO_SUCH_PAYMENT' };

/** What became of a wish to have the provider asked now. */
export type Hurried = { readonly kind: 'HURRIED'; readonly operation: Call } | { readonly kind: 'NOT_IN_DOUBT' | 'NO_SUCH_PAYMENT' };

/** Operations in doubt, on an open transaction. */
export interface DoubtsStore {
  /** Takes the operation in doubt under a new fence, so that whoever held it before can write nothing any more. Locked until the commit. */
  take(paymentId: Id<'pay'>): Promise<Taken>;
  /** Has the enquiry made now; one that was parked is asked about again. Asking twice changes nothing more. */
  hurry(paymentId: Id<'pay'>): Promise<Hurried>;
}

/** A unit of work that a person has asked for: what it does stands on record by the same commit. As `Transact` otherwise. */
export type Intervene = <Result>(
  work: (
    unit: PaymentsUnit & { readonly idempotency: Idempotency; readonly interventions: Interventions; readonly doubts: DoubtsStore },
  ) => Promise<Result>,
) => Promise<Result>;
