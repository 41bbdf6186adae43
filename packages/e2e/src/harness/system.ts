import type { DumpedRecord } from '@tally/audit';
import type { AppName, Role, Variables } from '@tally/distributed';
import type { DatabaseUrls, PlatformKeys } from '@tally/embedded';

/** Ways to run everything on this machine, by what dies together and where the log is. */
export const setUps = ['one-process', 'processes', 'processes-kafka'] as const;

export type SetUp = (typeof setUps)[number];

/** A process of a system, by its name there. */
export interface SystemProcess {
  /** `tally` where there is one; else as `layOut` of distributed names them. */
  readonly name: string;
  /** What lives in it. */
  readonly apps: readonly AppName[];
  readonly roles: readonly Role[];
  /** Origin. */
  readonly url: string;
  readonly metricsUrl: string | null;
}

/** How a process ended: an exit code, or the signal that killed it. */
export type End = number | NodeJS.Signals;

/**
 * Real processes on a real PostgreSQL with the seed, which outlives them. A process that has ended stays so until it is started, as a container whose
 * orchestrator looks away. Disposal stops all by SIGTERM, what they stand on last, and erases the data.
 */
export interface System extends AsyncDisposable {
  readonly setUp: SetUp;
  readonly processes: readonly SystemProcess[];
  /** Origins. */
  readonly gateways: readonly [string, ...string[]];
  /** Origin of the payment simulator, whose ledger is a witness. */
  readonly simulatorUrl: string;
  /** Of every role. Asked for each time: the server may have moved. */
  readonly urls: () => Promise<DatabaseUrls>;
  readonly keys: PlatformKeys;
  readonly dataDir: string;
  /** Everything that the event log holds; `null`: it is in the database. */
  readonly log: (() => Promise<readonly DumpedRecord[]>) | null;
  /** Processes that ended otherwise than as they had been asked to or armed for, in words. */
  readonly unasked: readonly string[];
  /** @returns `undefined` while it does not run. */
  pidOf(name: string): number | undefined;
  /** Resolves when the present life of a process ends, whoever ends it; at once for one that does not run. */
  ended(name: string): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(name: string): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(name: string): Promise<End>;
  /**
   * Starts a process that has ended, and waits until it is ready or, armed, has died on its way there.
   *
   * @param crash `point:count`: it kills itself when it reaches that crash point for the count-th time. Absent: it is not armed.
   * @throws {Error} it ended otherwise than by its crash point, or is not ready in time; the message says what it said last.
   */
  start(name: string, crash?: string): Promise<void>;
}

/** What every set-up takes. */
export interface SystemOptions {
  /** Empty; gets the data and, in `logs/`, what each process prints. */
  readonly folder: string;
  /** Told of each part as it begins, in a few words. */
  readonly progress: (step: string) => void;
  /** Default `load`: one buyer may send any number of checkouts. `default` is what production has. */
  readonly limits?: 'default' | 'load';
  /** Variables of a process besides its own, or instead of them, asked for at each of its starts; `tally` is the one process. Default: none. */
  readonly more?: (name: string) => Variables;
}

/** The process in which an app does this; of several gateways or workers the first. */
export function processFor(processes: readonly SystemProcess[], app: AppName, role: Role): SystemProcess {
  const found = processes.find(({ apps, roles }) => apps.includes(app) && roles.includes(role));
  if (found === undefined) throw new RangeError(`no process is the ${role} of ${app}`);
  return found;
}
