import type { Id } from '@tally/kernel';
import type { Role } from '../../../subgraphs/users/src/domain/roles.ts';
import { seedId } from './ids.ts';

/** An account that docs, smoke and tests sign in to. */
export interface DemoAccount {
  readonly id: Id<'usr'>;
  readonly email: string;
  readonly password: string;
  readonly role: Role;
  readonly displayName: string;
  readonly addresses: readonly DemoAddress[];
}

/** In Germany; the first is the default. */
export interface DemoAddress {
  readonly id: Id<'adr'>;
  readonly label: string;
  readonly line1: string;
  readonly city: string;
  readonly postalCode: string;
}

const password = 'correct horse battery';

const address = (index: number, label: string, line1: string, postalCode: string, city: string): DemoAddress => ({
  id: seedId('adr', 'demo address', index),
  label,
  line1,
  city,
  postalCode,
});

const account = (index: number, email: string, role: Role, displayName: string, addresses: readonly DemoAddress[]): DemoAccount => ({
  id: seedId('usr', 'demo account', index),
  email,
  password,
  role,
  displayName,
  addresses,
});

/** One per role; a buyer comes first. */
export const demoAccounts = [
  account(0, 'ada@example.com', 'CUSTOMER', 'Ada Buyer', [
    address(0, 'Home', 'Lindenstraße 12', '10969', 'Berlin'),
    address(1, 'Work', 'Speicherstadt 4', '20457', 'Hamburg'),
  ]),
  account(1, 'sam@example.com', 'SELLER', 'Sam Seller', [address(2, 'Shop', 'Töpfergasse 3', '01067', 'Dresden')]),
  account(2, 'sue@example.com', 'STAFF', 'Sue Staff', [address(3, 'Office', 'Zeil 88', '60313', 'Frankfurt am Main')]),
  account(3, 'adam@example.com', 'ADMIN', 'Adam Admin', [address(4, 'Office', 'Zeil 88', '60313', 'Frankfurt am Main')]),
] as const satisfies readonly DemoAccount[];
