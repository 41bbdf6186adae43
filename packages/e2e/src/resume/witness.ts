import { setTimeout as pause } from 'node:timers/promises';
import { checkInvariants, type DumpedRecord, type Finding } from '@tally/audit';
import { databaseUrls, openSecrets, runningPostgres, type DatabaseUrls } from '@tally/embedded';
import { createSimulatorAdmin } from '@tally/payment-simulator';
import { openSql } from '@tally/testkit';
import { acknowledged, type History } from './history.ts';
import type { Place } from './system.ts';

/** Looks at the tables beside the running system, as the auditor; one call moves time. */
export interface Witness {
  /** Orders that were accepted and have not ended. PostgreSQL outlives our kills, so this also answers while nothing else does. */
  ordersUnderWay(): Promise<number>;
  /** Orders whose payment was settled by an enquiry. */
  settledByEnquiry(): Promise<number>;
  /** Makes every order that waits for money run out of time now. */
  runOutOfTime(): Promise<void>;
  /** I1 to I10 with the simulator's own ledger. */
  audit(history: History): Promise<readonly Finding[]>;
  /** Waits until no order is under way and every event has been seen. @returns whether that came about. */
  untilQuiet(history: History, patienceMs: number): Promise<boolean>;
}

/** Where a witness looks. */
export interface Watched {
  readonly urls: () => Promise<DatabaseUrls>;
  readonly simulatorUrl: string;
  /** Everything that the event log holds, where it is not in the database. */
  readonly log?: () => Promise<readonly DumpedRecord[]>;
}

/** A system on its own data folder. The server's port may change when it is started anew, so that it is asked for each time. */
export async function watchedAt(place: Place): Promise<Watched> {
  const { passwords } = await openSecrets(place.dataDir);
  return {
    urls: async () => databaseUrls(await runningPostgres(place.dataDir), passwords),
    simulatorUrl: `http://127.0.0.1:${String(place.simulatorPort)}`,
  };
}

export function createWitness({ urls, simulatorUrl, log }: Watched): Witness {
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
      ...(log === undefined ? {} : { log: await log() }),
    });
  }
  return {
    audit,
    ordersUnderWay: () => count(`SELECT count(*) FROM orders.saga WHERE step <> 'ENDED'`),
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
