import { fromUuid } from '@tally/kernel';
import type { PaymentMethod } from '../../domain/payment-method.ts';
import type { PaymentMethodRow } from '../../generated/prisma/client.ts';

/** A payment method as the domain has it. */
export const toMethod = (row: PaymentMethodRow): PaymentMethod => ({
  id: fromUuid('pm', row.id),
  userId: fromUuid('usr', row.userId),
  provider: row.provider,
  token: row.token,
  kind: row.kind as PaymentMethod['kind'],
  brand: row.brand,
  last4: row.last4,
  isDefault: row.isDefault,
});
