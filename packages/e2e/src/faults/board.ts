import { setTimeout as pause } from 'node:timers/promises';
import { fromUuid } from '@tally/kernel';
import type { Sql } from '@tally/testkit';

/** One line of the record of calls to the provider. */
export interface KnownAttempt {
  readonly operation: string;
  readonly outcome: string;
  readonly code: string | null;
}

/** How far an order is, seen beside the running system. */
export interface Standing {
  /** `null`: its saga is not there. */
  readonly step: string | null;
  readonly outcome: string | null;
  /** Oldest first. */
  readonly attempts: readonly KnownAttempt[];
}

/** Looks at orders for all who wait for one, in one statement. */
export interface Board extends AsyncDisposable {
  /** Waits until an order stands so. @returns how it stands then; `null`: patience ended. */
  until(orderId: string, wanted: (standing: Standing) => boolean, patienceMs: number): Promise<Standing | null>;
}

interface Waiting {
  readonly orderId: string;
  readonly wanted: (standing: Standing) => boolean;
  readonly until: number;
  readonly answer: (standing: Standing | null) => void;
}

const everyMs = 300;

const standings = `SELECT s.order_id, s.step, s.outcome, coalesce(json_agg(json_build_object('operation', a.operation, 'outcome', a.outcome, 'code', a.error_code)
  ORDER BY a.number) FILTER (WHERE a.id IS NOT NULL), '[]') AS attempts
FROM orders.saga s LEFT JOIN payments.payment p ON p.order_id = s.order_id LEFT JOIN payments.payment_attempt a ON a.payment_id = p.id
WHERE s.order_id = ANY($1::uuid[]) GROUP BY s.order_id, s.step, s.outcome`;

/** @param sql as the auditor. */
export function openBoard(sql: Sql): Board {
  const waiting = new Set<Waiting>();
  let stopped = false;

  async function look(): Promise<void> {
    if (waiting.size === 0) return;
    const ids = [...new Set([...waiting].map(({ orderId }) => orderId.replace(/^ord_/, '')))];
    const rows = await sql.rows(standings, [ids]);
    const known = new Map(rows.map((row) => [fromUuid('ord', String(row['order_id'])) as string, row as unknown as Standing]));
    for (const one of waiting) {
      const standing = known.get(one.orderId);
      if (standing !== undefined && one.wanted(standing)) one.answer(standing);
      else if (performance.now() > one.until) one.answer(null);
      else continue;
      waiting.delete(one);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      // A statement that is lost is asked again.
      await look().catch(() => undefined);
      await pause(everyMs);
    }
    for (const { answer } of waiting) answer(null);
  }

  const running = run();
  return {
    until: (orderId, wanted, patienceMs) =>
      new Promise((answer) => void waiting.add({ orderId, wanted, until: performance.now() + patienceMs, answer })),
    async [Symbol.asyncDispose]() {
      stopped = true;
      await running;
    },
  };
}
