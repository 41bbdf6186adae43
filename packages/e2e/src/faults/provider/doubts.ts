import { setTimeout as pause } from 'node:timers/promises';
import { fromUuid } from '@tally/kernel';
import type { Sql } from '@tally/testkit';

/** Looks again and again at the stock of orders whose charge is in doubt. */
export interface DoubtWatch {
  /** Orders that were in doubt at some look. */
  readonly seen: ReadonlySet<string>;
  /** Those whose stock was let go meanwhile. */
  readonly released: ReadonlySet<string>;
  stop(): Promise<void>;
}

const everyMs = 250;

// One statement sees one moment: a doubt ends in payments before anything is released in products.
const doubtful = `SELECT p.order_id, c.state FROM payments.payment p LEFT JOIN products.stock_claim c USING (order_id) WHERE p.status = 'IN_DOUBT'`;

/** @param sql as the auditor. */
export function watchDoubts(sql: Sql): DoubtWatch {
  const [seen, released] = [new Set<string>(), new Set<string>()];
  let stopped = false;

  async function run(): Promise<void> {
    while (!stopped) {
      const rows = await sql.rows(doubtful).catch(() => []);
      for (const row of rows) {
        const id = fromUuid('ord', String(row['order_id']));
        seen.add(id);
        if (row['state'] !== 'RESERVED' && row['state'] !== 'COMMITTED') released.add(`${id}: ${String(row['state'])}`);
      }
      await pause(everyMs);
    }
  }

  const running = run();
  return {
    seen,
    released,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
