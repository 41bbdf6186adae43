import { StartupError, type Environment } from '@tally/runtime';
import type { Exit } from './app-process.ts';
import { untilCaughtUp, type MeasuredWorkers } from './backlog.ts';
import { consequenceOf } from './consequences.ts';
import { originOf, variablesOf, type SystemSettings, type Variables } from './environments.ts';
import { writeKeyFiles } from './key-files.ts';
import { createSupervisor, howItEnded, StartFailedError, type Launch, type Stopped, type Supervisor } from './supervisor.ts';
import { answering, stopOrder, subgraphNames, type AppName, type ProcessSpec } from './system.ts';

export interface DistributedConfig extends SystemSettings {
  /** Of `layOut`, each on a port that is free. */
  readonly processes: readonly ProcessSpec[];
  /** For files that hold keys; made when missing. */
  readonly keysFolder: string;
  /** The environment of this process, see `childEnvironment`. */
  readonly ours: Environment;
  /** Variables that a process gets besides its own, or instead of them; asked for at each of its starts. Default: none. */
  readonly more?: (spec: ProcessSpec) => Variables;
}

/** Whom the supervisor tells what happens. */
export interface Listeners {
  /** A line that a process printed. */
  readonly onLine: (name: string, line: string) => void;
  /** A process is ready, `tookMs` milliseconds after the start. */
  readonly onReady?: (name: string, tookMs: number) => void;
  /** In one line, a process that ended though nobody had asked it to, and what that means; and what it had said last. */
  readonly onUnaskedEnd?: (name: string, what: string, lastLines: readonly string[]) => void;
  readonly onStopped?: (stopped: Stopped) => void;
}

/** A process of a system, as it was laid out. */
export interface PlacedProcess extends ProcessSpec {
  /** Origin. */
  readonly url: string;
  readonly metricsUrl: string | null;
}

/** A system of processes. Disposal is `stop`; whoever cares for how they ended calls that first. */
export interface Distributed extends AsyncDisposable {
  readonly processes: readonly PlacedProcess[];
  /** Origin of the process that answers for an app; of several gateways the first. */
  readonly urlOf: (app: AppName) => string;
  /** @returns `undefined` for a name that was never started. */
  readonly pidOf: (name: string) => number | undefined;
  /**
   * Waits until what is in outboxes and topics has had its effect.
   *
   * @param patienceMs in milliseconds.
   * @returns what is still behind, in words; empty when nothing is.
   */
  caughtUp(patienceMs: number): Promise<readonly string[]>;
  /** Stops one process by SIGTERM; the others go on without it. */
  stopOne(name: string): Promise<Stopped>;
  /** Starts a process again that has ended, at the same address, and waits until it is ready. @throws {StartFailedError} */
  startAgain(name: string): Promise<void>;
  /** Stops all by SIGTERM, gateways first and those that others need last; how each ended, in that order. May be repeated. */
  stop(): Promise<readonly Stopped[]>;
}

/**
 * Starts every process of a system by its `main.ts`, all at once, and waits until each is ready. None is ever started again by itself.
 *
 * @throws {StartupError} one ended on its way or did not get ready; the others are stopped.
 */
export async function startDistributed(config: DistributedConfig, listeners: Listeners): Promise<Distributed> {
  const { processes, ours } = config;
  const files = await writeKeyFiles(config.keysFolder, config.keys, config.kafka?.tls?.ca ?? null);
  const launchOf = (name: string): Launch => {
    const spec = processes.find((process) => process.name === name);
    if (spec === undefined) throw new RangeError(`no process is called ${name}`);
    const variables = { ...variablesOf(spec, processes, config, files), ...config.more?.(spec) };
    return { name, file: mainOf(spec.app), variables, readyUrl: `${originOf(spec, config.host)}${readyPath(spec)}` };
  };
  await using stack = new AsyncDisposableStack();
  const supervisor = stack.use(
    createSupervisor({
      ours,
      onLine: listeners.onLine,
      onUnaskedEnd(name, exit, lastLines) {
        listeners.onUnaskedEnd?.(name, unaskedEnd(name, exit, processes, supervisor.running()), lastLines);
      },
      ...(listeners.onStopped === undefined ? {} : { onStopped: listeners.onStopped }),
    }),
  );
  await startAll(
    supervisor,
    processes.map(({ name }) => launchOf(name)),
    listeners,
  );
  const owned = stack.move();
  let stopped: Promise<readonly Stopped[]> | undefined;
  const stop = () => (stopped ??= stopAll(supervisor, processes));
  return {
    processes: processes.map((spec) => ({ ...spec, url: originOf(spec, config.host), metricsUrl: metricsUrlOf(spec, config.host) })),
    urlOf: (app) => originOf(answering(processes, app), config.host),
    pidOf: (name) => supervisor.pid(name),
    caughtUp: (patienceMs) => untilCaughtUp(measuredWorkers(processes, config.host), patienceMs),
    stopOne: (name) => supervisor.stop(launchOf(name).name),
    startAgain: (name) => supervisor.start(launchOf(name)),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await owned.disposeAsync();
    },
  };
}

async function startAll(supervisor: Supervisor, launches: readonly Launch[], { onReady }: Listeners): Promise<void> {
  const startedAt = performance.now();
  try {
    await Promise.all(
      launches.map(async (launch) => {
        await supervisor.start(launch);
        onReady?.(launch.name, performance.now() - startedAt);
      }),
    );
  } catch (error) {
    await Promise.all(supervisor.running().map((name) => supervisor.stop(name)));
    if (error instanceof StartFailedError) throw new StartupError(error.message, { cause: error });
    throw error;
  }
}

const measuredWorkers = (processes: readonly ProcessSpec[], host: string): readonly MeasuredWorkers[] =>
  subgraphNames.map((subgraph) => ({
    subgraph,
    metricsUrls: processes
      .filter(({ app, roles }) => app === subgraph && roles.includes('worker'))
      .flatMap((spec) => metricsUrlOf(spec, host) ?? []),
  }));

/** One group after the other: an app that is gone has answered what it was asked before those that it asks go. */
async function stopAll(supervisor: Supervisor, processes: readonly ProcessSpec[]): Promise<readonly Stopped[]> {
  const ends: Stopped[] = [];
  for (const group of stopOrder(processes)) ends.push(...(await Promise.all(group.map(({ name }) => supervisor.stop(name)))));
  return ends;
}

function unaskedEnd(name: string, exit: Exit, processes: readonly ProcessSpec[], running: readonly string[]): string {
  const gone = processes.find((spec) => spec.name === name);
  const left = processes.filter((spec) => running.includes(spec.name));
  const meaning = gone === undefined ? '' : `: ${consequenceOf(gone, left)}`;
  return `${name} ${howItEnded(exit)}, which nobody had asked for${meaning}; it is not started again, the others go on`;
}

const mainOf = (app: AppName): string => {
  if (app === 'gateway') return 'gateway/src/main.ts';
  return `${app === 'payment-simulator' ? 'packages' : 'subgraphs'}/${app}/src/main.ts`;
};

// The simulator is somebody else's house: it has no health page, and is ready when its ledger can be read.
const readyPath = ({ app }: ProcessSpec): string => (app === 'payment-simulator' ? '/admin/ledger?order=nobody' : '/health/ready');

const metricsUrlOf = (spec: ProcessSpec, host: string): string | null =>
  spec.metricsPort === null ? null : `${originOf({ ...spec, port: spec.metricsPort }, host)}/metrics`;
