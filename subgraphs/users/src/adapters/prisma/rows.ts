import { fromUuid } from '@tally/kernel';
import type { Account } from '../../domain/account.ts';
import type { Address } from '../../domain/address.ts';
import type { Role } from '../../domain/roles.ts';
import type { Account as AccountRow, Address as AddressRow } from '../../generated/prisma/client.ts';

export const toAccount = (row: Omit<AccountRow, 'passwordHash' | 'updatedAt'>): Account => ({
  id: fromUuid('usr', row.id),
  email: row.email,
  displayName: row.displayName,
  // The table's CHECK holds the column to the union.
  role: row.role as Role,
  locale: row.locale,
  version: Number(row.version),
  createdAt: row.createdAt,
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
