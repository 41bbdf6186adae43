import type { Interventions } from '@tally/messaging';
import type { OrdersUnit } from './unit.ts';

/** A unit of work that a person has asked for: what it does stands on record by the same commit. As `Transact` otherwise. */
export type Intervene = <Result>(
  work: (unit: OrdersUnit & { readonly interventions: Interventions }) => Promise<Result>,
) => Promise<Result>;
