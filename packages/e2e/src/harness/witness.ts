import { setTimeout as pause } from 'node:timers/promises';
import { checkInvariants, type Finding } from '@tally/audit';
import { createSimulatorAdmin } from '@tally/payment-simulator';
import { openSql } from '@tally/testkit';
import { acknowledged, type History } from './history.ts';
import type { System } from './system.ts';

/** Looks at the tables beside the running system, as the auditor; one call moves time. */
export interface Witness {
  /** Orders that were accepted and have not ended. PostgreSQL outlives our kills, so this also answers while nothing else does. */
  ordersUnderWay(): Promise<number>;
  /** Ids of these orders, as the database spells them. */
  underWay(): Promise<readonly string[]>;
  /** Orders whose payment was settled by an enquiry. */
  settledByEnquiry(): Promise<number>;
  /** Makes every order that waits for money run out of time now. */
  runOutOfTime(): Promise<void>;
  /** I1 to I10 with the simulator's own ledger. */
  audit(history: History): Promise<readonly Finding[]>;
  /** Waits until no order is under way and every event has been seen. @returns whether that came about. */
  untilQuiet(history: History, patienceMs: number): Promise<boolean>;
}

export function createWitness({ urls, simulatorUrl, log }: Pick<System, 'urls' | 'simulatorUrl' | 'log'>): Witness {
  const simulator = createSimulatorAdmin(simulatorUrl);

  async function count(text: string): Promise<number> {
    await using sql = await openSql((await urls()).auditor);
    return await sql.number(text);
  }
  async function audit(history: History): Promise<readonly Finding[]> {
    return checkInvariants({
      auditorUrl: (await urls()).auditor,
      ledger: await simulator.ledger(),
      acknowledged: acknowledged(history),
      ...(log === null ? {} : { log: await log() }),
    });
  }
  return {
    audit,
    ordersUnderWay: () => count(`SELECT count(*) FROM orders.saga WHERE step <> 'ENDED'`),
    async underWay() {
      await using sql = await openSql((await urls()).auditor);
      return (await sql.rows(`SELECT order_id FROM orders.saga WHERE step <> 'ENDED'`)).map((row) => String(row['order_id']));
    },
    settledByEnquiry: () =>
      count(
        `SELECT count(DISTINCT payment_id) FROM payments.payment_attempt WHERE operation = 'ENQUIRE' AND outcome IN ('SUCCEEDED', 'DECLINED')`,
      ),
    async runOutOfTime() {
      await using sql = await openSql((await urls()).orders.app);
      await sql.execute(`UPDATE orders.saga SET deadline_at = now() - interval '1 second', wake_at = now() WHERE step = 'AUTHORISE'`);
    },
    async untilQuiet(history, patienceMs) {
      const deadline = performance.now() + patienceMs;
      while (performance.now() < deadline) {
        const findings = await audit(history);
        const restless = findings.filter(({ id }) => id === 'I5' || id === 'I7').some(({ violations }) => violations.length > 0);
        if (!restless) return true;
        await pause(500);
      }
      return false;
    },
  };
}
