import { unreachable } from '@tally/kernel';

/** A role is a bundle of scopes; code asks for scopes only. */
export type Role = 'CUSTOMER' | 'SELLER' | 'STAFF' | 'ADMIN';

const staff = [
  'catalogue:write',
  'stock:write',
  'stock:read',
  'orders:fulfil',
  'orders:read:any',
  'payments:read',
  'users:read:any',
  'notifications:manage',
  'operations:read',
  'operations:write',
] as const;

export function scopesOf(role: Role): readonly string[] {
  switch (role) {
    case 'CUSTOMER':
    case 'SELLER':
      return [];
    case 'STAFF':
      return staff;
    case 'ADMIN':
      return [...staff, 'schema:introspect'];
    default:
      return unreachable(role);
  }
}
