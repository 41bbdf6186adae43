import { startOneProcess } from './one-process.ts';
import { startProcessesOnKafka } from './processes-kafka.ts';
import { startProcesses, type ProcessesOptions } from './processes.ts';
import type { SetUp, System } from './system.ts';

/** Starts everything in one of the set-ups. @throws {Error} one line, or the last lines of who does not start. */
export function startSystem(setUp: SetUp, options: ProcessesOptions): Promise<System> {
  switch (setUp) {
    case 'one-process':
      return startOneProcess(options);
    case 'processes':
      return startProcesses(options);
    case 'processes-kafka':
      return startProcessesOnKafka(options);
  }
}
