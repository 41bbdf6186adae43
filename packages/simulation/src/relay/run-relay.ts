import { relayPass, type EventLog, type Logger, type OutboxRows } from '@tally/messaging';
import type { RunningProcess } from '../scheduler/running-process.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Session } from '../database/memory-database.ts';
import { outboxRowsOn } from './outbox-rows.ts';

const pollMs = 250;
const batch = 200;
const standbyMs = 1_000;
const hearsWithinMs = 5;

/**
 * Runs the relay of one outbox in a process until it dies: one of all processes on the database is active, by a lock that its connection holds, others
 * stand by. Each pass is the product's.
 *
 * @param options.name of the outbox.
 * @param options.rows reads and marks its rows; default: `outboxRowsOn`.
 */
export function runRelay(
  process: RunningProcess,
  options: {
    readonly name: string;
    readonly scheduler: Pick<Scheduler, 'onQueued'>;
    readonly log: Pick<EventLog, 'append'>;
    readonly logger: Logger;
    readonly rows?: (session: Session) => OutboxRows;
  },
): void {
  const { name, scheduler, log, logger, rows: rowsOn = outboxRowsOn } = options;
  let isRung = false;
  let ring: (() => void) | null = null;
  const listening = scheduler.onQueued(process.database, () => {
    isRung = true;
    ring?.();
  });
  process.onDeath(() => listening[Symbol.dispose]());

  const wait = async (): Promise<void> => {
    if (!isRung) {
      await new Promise<void>((resolve) => {
        const cancel = process.after(pollMs, resolve);
        ring = () => {
          ring = null;
          cancel();
          process.after(process.random() * hearsWithinMs, resolve);
        };
      });
      ring = null;
    }
    isRung = false;
    await process.turn();
  };

  const lead = async (connection: { broken: boolean }, rows: OutboxRows): Promise<void> => {
    for (let failures = 0; !connection.broken;) {
      try {
        const { found, settled } = await relayPass({ rows, log, batch, outbox: name, logger });
        failures = 0;
        if (found < batch || !settled) await wait();
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ err: error, outbox: name }, 'a pass of the relay failed');
        if (!connection.broken) await process.sleep(50 + process.random() * Math.min(5_000, 100 * 2 ** failures));
      }
    }
  };

  process.run(`the relay of ${name}`, async () => {
    while (process.alive) {
      const connection = { broken: false };
      const session = process.connect(() => {
        connection.broken = true;
        ring?.();
      });
      await process.turn();
      while (!connection.broken && !session.tryAdvisory(`relay ${name}`)) await process.sleep(standbyMs * (0.5 + process.random()));
      await lead(connection, rowsOn(session));
      await process.sleep(50 + process.random() * 100);
    }
  });
}
