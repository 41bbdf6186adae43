import { classifyDatabaseError, type Logger } from '@tally/messaging';
import type { MemoryLog } from './log/memory-log.ts';
import { runRelay } from './relay/run-relay.ts';
import type { RunningProcess } from './scheduler/running-process.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { SimulatedApp } from './simulated-app.ts';

const usualPollMs = 250;

/**
 * Runs an app in a process until it dies, as its `app.ts` would: its consumers join their groups, its relay takes part, each job is looked at again and
 * again, at once where there was something to do. A job may lose its database; what else it throws ends the history.
 *
 * @param options.pollMs from one look to the next when there was nothing to do, in milliseconds, half to one and a half of it; by job, default 250.
 */
export function runApp(
  process: RunningProcess,
  app: SimulatedApp,
  options: {
    readonly scheduler: Pick<Scheduler, 'onQueued'>;
    readonly log: MemoryLog;
    readonly logger: Logger;
    readonly pollMs?: Readonly<Record<string, number>>;
  },
): void {
  const { scheduler, log, logger, pollMs = {} } = options;
  for (const consumer of app.consumers) log.join(process, consumer);
  runRelay(process, { name: app.name, scheduler, log: log.reachedFrom(process), logger });
  for (const [name, job] of Object.entries(app.jobs)) {
    process.run(`the job ${name}`, async () => {
      while (process.alive) {
        const did = await job().catch((error: unknown) => {
          const kind = classifyDatabaseError(error);
          if (kind === 'fault' || kind === 'result') throw error;
          return false;
        });
        if (did) await process.turn();
        else await process.sleep((pollMs[name] ?? usualPollMs) * (0.5 + process.random()));
      }
    });
  }
}
