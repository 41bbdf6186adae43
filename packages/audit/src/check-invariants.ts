import pg from 'pg';
import { checkDelivery } from './delivery.ts';
import type { AcknowledgedOrder, Finding, LedgerLine } from './finding.ts';
import { dumpedLog, ownLog, type DumpedRecord } from './log-tables.ts';
import { checkMoney } from './money.ts';
import { whatMoves } from './moving.ts';
import { checkOrders } from './orders.ts';
import { checkStock } from './stock.ts';
import { checkTold } from './told.ts';

export interface AuditOptions {
  /** As the role `auditor`, which may read every schema and write none. */
  readonly auditorUrl: string;
  /** The provider's own record of what it did, read before the audit begins; `null`: nobody has it, and what needs it is not checked. */
  readonly ledger: readonly LedgerLine[] | null;
  /** What clients were told; empty where nobody kept it. */
  readonly acknowledged?: readonly AcknowledgedOrder[];
  /** All that the event log holds, where it is not in this database; read before the audit begins. */
  readonly log?: readonly DumpedRecord[];
  /**
   * Milliseconds; default 0: the system is quiet. What has changed within them is not held against it, nor an order whose step has time left: a live
   * system always has something under way.
   */
  readonly graceMs?: number;
  /** Orders that a person is expected to look at, by id: I5 lets them be. */
  readonly expectedAttention?: readonly string[];
}

/**
 * Checks I1 to I10 in one snapshot of the database (docs/reliability.md, invariants). Read-only.
 *
 * @throws a database error when the database cannot be read; nothing was changed, repeat it.
 */
export async function checkInvariants(options: AuditOptions): Promise<readonly Finding[]> {
  const client = new pg.Client({ connectionString: options.auditorUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const log = options.log === undefined ? ownLog : dumpedLog(options.log);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const read = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
      (await client.query<Row>(text, [...values])).rows;
    const { ledger, acknowledged = [], expectedAttention = [], graceMs = 0 } = options;
    const moving = await whatMoves(read, graceMs);
    const findings = [
      ...(await checkMoney(read, ledger, moving)),
      ...(await checkStock(read, moving)),
      ...(await checkOrders(read, acknowledged, new Set(expectedAttention), moving)),
      ...(await checkDelivery(read, log, moving)),
      ...(await checkTold(read, moving)),
    ];
    await client.query('COMMIT');
    return findings.sort((left, right) => left.id.localeCompare(right.id, 'en', { numeric: true }));
  } finally {
    await client.end();
  }
}
