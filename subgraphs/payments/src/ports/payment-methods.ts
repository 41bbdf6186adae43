import type { Id } from '@tally/kernel';
import type { PaymentMethod } from '../domain/payment-method.ts';

/** A method that a buyer wants to keep. */
export interface NewMethod {
  readonly id: Id<'pm'>;
  readonly userId: Id<'usr'>;
  readonly provider: string;
  readonly token: string;
  readonly kind: 'SIMULATOR';
  readonly makeDefault: boolean;
}

/** The payment methods that buyers keep, on an open transaction. */
export interface PaymentMethodsStore {
  /** Keeps everybody else from changing this buyer's methods until the transaction ends. */
  lock(userId: Id<'usr'>): Promise<void>;
  /** Oldest first. */
  of(userId: Id<'usr'>): Promise<readonly PaymentMethod[]>;
  /** The buyer must be locked, and must not have this provider's token yet. */
  add(method: NewMethod): Promise<void>;
  /** Makes one the default and all others not. */
  makeDefault(userId: Id<'usr'>, id: Id<'pm'>): Promise<void>;
  remove(userId: Id<'usr'>, id: Id<'pm'>): Promise<void>;
}
