import { closeConnection, openConnection } from '../connection.ts';

/**
 * States that no member of any group is alive, so that readers which start now need not wait for the leases of those that were killed. For a caller
 * who knows it: the one process of an embedded system that holds the lock of its data folder. A zombie is still fenced by its epoch.
 *
 * @param databaseUrl of the log, as its app role.
 * @throws a database error when the log cannot be reached; nothing was changed, repeat it.
 */
export async function forgetMembers(databaseUrl: string): Promise<void> {
  const client = await openConnection(databaseUrl, 'forget-members');
  try {
    await client.query('DELETE FROM member');
    await client.query('UPDATE reader SET owner = NULL, lease_until = NULL WHERE owner IS NOT NULL');
  } finally {
    await closeConnection(client);
  }
}
