import { fromUuid } from '@tally/kernel';
import type { Account } from '../../domain/account.ts';
import type { Address } from '../../domain/address.ts';
import type { Role } from '../../domain/roles.ts';
import type { Address as AddressRow } from '../../generated/prisma/client.ts';

/** An account as the statements of this folder select it. */
export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly display_name: string | null;
  readonly role: string;
  readonly locale: string;
  readonly version: bigint;
  readonly created_at: Date;
}

export const accountColumns =
  'account.id, account.email, account.display_name, account.role, account.locale, account.version, account.created_at';

export const toAccount = (row: AccountRow): Account => ({
  id: fromUuid('usr', row.id),
  email: row.email,
  displayName: row.display_name,
  // The table's CHECK holds the column to the union.
  role: row.role as Role,
  locale: row.locale,
  version: Number(row.version),
  createdAt: row.created_at,
});

export const toAddress = (row: AddressRow): Address => ({
  id: fromUuid('adr', row.id),
  label: row.label,
  name: row.name,
  line1: row.line1,
  line2: row.line2,
  city: row.city,
  region: row.region,
  postalCode: row.postalCode,
  country: row.country,
  isDefault: row.isDefault,
});
