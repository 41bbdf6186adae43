import { lockedSequence } from '@tally/events';
import { toUuid, type Id } from '@tally/kernel';
import type { Account } from '../../../subgraphs/users/src/domain/account.ts';
import { userChanged } from '../../../subgraphs/users/src/domain/messages.ts';
import type { Role } from '../../../subgraphs/users/src/domain/roles.ts';
import { demoAccounts } from './demo.ts';
import { chance, openedAt, seedId } from './ids.ts';

/** How many people besides the demo accounts. */
export const tiers = { ci: { users: 1_000 } } as const;

export type Tier = keyof typeof tiers;

/** Rows as the load statements take them: bare UUIDs, members named after the columns. The hash is not here: it has a salt. */
export interface SeedRows {
  readonly accounts: readonly object[];
  readonly addresses: readonly object[];
  readonly events: readonly object[];
}

const stepMs = 3_600_000;

const firstNames = [
  'Amina',
  'Ben',
  'Clara',
  'Dario',
  'Elif',
  'Femi',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Kaya',
  'Lena',
  'Mateo',
  'Nora',
  'Oskar',
  'Priya',
  'Quentin',
  'Rosa',
  'Samir',
  'Tilda',
  'Umut',
  'Vera',
  'Wim',
  'Xenia',
  'Yusuf',
  'Zofia',
] as const;
const lastNames = [
  'Adler',
  'Brandt',
  'Castro',
  'Demir',
  'Engel',
  'Fischer',
  'Grande',
  'Huber',
  'Ivanov',
  'Jansen',
  'Keller',
  'Lindqvist',
  'Moreau',
  'Novak',
  'Okafor',
  'Petersen',
  'Quint',
  'Rossi',
  'Schmidt',
  'Tanaka',
  'Ullmann',
  'Vogel',
  'Weber',
  'Yilmaz',
  'Zimmer',
] as const;

/** The id of the nth seeded user, from 0; demo accounts have ids of their own. */
export const seedUserId = (index: number): Id<'usr'> => seedId('usr', 'user', index);

/** Every row of a tier, the same in every run and on every machine. */
export function seedRows(tier: Tier): SeedRows {
  const accounts = [
    ...demoAccounts.map(({ id, email, role, displayName }, index) => opened(index, { id, email, role, displayName })),
    ...people(tier),
  ];
  return {
    accounts: accounts.map(({ id, email, displayName, role, locale, createdAt }) => ({
      id: toUuid(id),
      email,
      display_name: displayName,
      role,
      locale,
      created_at: createdAt,
    })),
    addresses: demoAccounts.flatMap(({ id: userId, displayName, addresses }) =>
      addresses.map(({ id, label, line1, city, postalCode }, at) => ({
        id: toUuid(id),
        user_id: toUuid(userId),
        label,
        name: displayName,
        line1,
        city,
        postal_code: postalCode,
        country: 'DE',
        is_default: at === 0,
        created_at: new Date(openedAt + at),
      })),
    ),
    events: accounts.map((account, index) => {
      const { topic, key, sequence, type, data } = userChanged(account, lockedSequence(account.version));
      return { event_id: toUuid(seedId('evt', 'user event', index)), topic, key, sequence, type, payload: JSON.stringify(data) };
    }),
  };
}

function people(tier: Tier): readonly Account[] {
  return Array.from({ length: tiers[tier].users }, (_, index) => {
    const first = firstNames[chance('first name', index, firstNames.length)] ?? '';
    const last = lastNames[chance('last name', index, lastNames.length)] ?? '';
    // A domain that receives no mail (RFC 2606).
    const email = `${first}.${last}.${String(index).padStart(4, '0')}@example.org`.toLowerCase();
    // One in eight never said their name.
    const displayName = chance('named', index, 8) === 0 ? null : `${first} ${last}`;
    return opened(demoAccounts.length + index, { id: seedUserId(index), email, role: 'CUSTOMER', displayName });
  });
}

const opened = (at: number, facts: { id: Id<'usr'>; email: string; role: Role; displayName: string | null }): Account => ({
  ...facts,
  locale: chance('locale', at, 3) === 0 ? 'en' : 'de',
  version: 1,
  createdAt: new Date(openedAt + at * stepMs),
});
