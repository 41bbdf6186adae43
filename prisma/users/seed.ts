import { toUuid } from '@tally/kernel';
import pg from 'pg';
import { createPasswordHasher } from '../../subgraphs/users/src/adapters/argon2/password-hasher.ts';
import { normalisePassword } from '../../subgraphs/users/src/domain/password-rules.ts';
import { demoAccounts } from './seed/demo.ts';
import { seedRows, tiers, type Tier } from './seed/rows.ts';
import * as statement from './seed/statements.ts';

export { demoAccounts, type DemoAccount } from './seed/demo.ts';
export { seedUserId } from './seed/rows.ts';

/** What was loaded; `seeded` is false when there were accounts already. */
export interface SeededUsers {
  readonly seeded: boolean;
  readonly users: number;
}

/**
 * Loads a tier of accounts with the addresses of the demo accounts and the outbox rows that tell the others of them, in one transaction of less than a
 * second. Does nothing where accounts exist.
 *
 * @param options.url of the role `users` or its owner; its search_path is the schema.
 * @param options.pepper the one that users runs with, or nobody can sign in to the demo accounts.
 * @param options.progress called with a line for people before each longer step.
 * @throws {Error} the server's error; nothing was loaded.
 */
export async function seedUsers(options: {
  readonly url: string;
  readonly pepper: string;
  readonly tier: Tier;
  readonly progress?: (line: string) => void;
}): Promise<SeededUsers> {
  const { url, pepper, tier, progress = () => undefined } = options;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    // One seeder at a time; the second finds the first one's accounts.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('seed users'))`);
    const { rows } = await client.query<{ seeded: boolean }>('SELECT EXISTS (SELECT FROM account) AS seeded');
    if (rows[0]?.seeded === true) {
      await client.query('ROLLBACK');
      return { seeded: false, users: 0 };
    }
    const users = tiers[tier].users + demoAccounts.length;
    progress(`${String(users)} accounts`);
    await load(client, tier, await hashOfDemoPassword(pepper));
    await client.query('COMMIT');
    return { seeded: true, users };
  } finally {
    await client.end();
  }
}

async function load(client: pg.Client, tier: Tier, hash: string): Promise<void> {
  const { accounts, addresses, events } = seedRows(tier);
  const withPassword = demoAccounts.map(({ id }) => toUuid(id));
  await client.query(statement.insertAccounts, [JSON.stringify(accounts), hash, withPassword]);
  await client.query(statement.insertAddresses, [JSON.stringify(addresses)]);
  await client.query(statement.insertEvents, [JSON.stringify(events)]);
}

/** Once for all of them: they share the password, so they may share the hash. */
const hashOfDemoPassword = (pepper: string): Promise<string> =>
  createPasswordHasher(pepper).hash(normalisePassword(demoAccounts[0].password));
