import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, type Exit } from '@tally/distributed';
import { eraseEmbeddedPostgres } from '@tally/embedded';

/** The shop as `npm run start:distributed` runs it, on a data folder of its own. Disposal stops it and deletes the folder. */
export interface System extends AsyncDisposable {
  readonly processes: readonly RunningProcess[];
  readonly simulator: string;
  /** Everything that was printed, a line each. */
  readonly lines: () => readonly string[];
  /** Stops all processes by SIGTERM, in order; 0 when each ended as it should. May be repeated. */
  readonly stop: () => Promise<Exit>;
}

/** A line of what `start:distributed` says once all are up. */
export interface RunningProcess {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly metricsUrl: string | null;
}

/** Many processes stop one after the other. */
const stopWithinMs = 300_000;

/**
 * Starts two gateways, and for each subgraph one process that answers and one that works.
 *
 * @param variables where Kafka and Redis are.
 * @param leaving stops it, also on its way, when it is aborted.
 * @throws {Error} it ended on its way; the message holds what it printed.
 */
export async function startSystem(variables: Readonly<Record<string, string>>, leaving: AbortSignal): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tally-demo-'));
  stack.defer(async () => {
    await eraseEmbeddedPostgres(folder);
    await rm(folder, { recursive: true, force: true });
  });
  let printed = '';
  const ready = Promise.withResolvers<undefined>();
  const app = startProcess({
    file: 'packages/distributed/src/main.ts',
    args: ['--gateways', '2', '--split'],
    variables: { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'warn', ...variables },
    ours: process.env,
    onOutput(_, text) {
      printed += text;
      if (/^ready [^]*Ctrl-C/m.test(printed)) ready.resolve(undefined);
    },
  });
  const lines = (): readonly string[] => printed.split('\n');
  const stop = (): Promise<Exit> => app.stop(stopWithinMs);
  stack.defer(async () => {
    await stop();
  });
  leaving.addEventListener('abort', () => void stop());
  await Promise.race([
    ready.promise,
    app.ended.then(({ code }) => {
      throw new Error(`start:distributed ended with ${String(code)} on its way:\n${printed}`);
    }),
  ]);
  const processes = processesIn(printed);
  const owned = stack.move();
  return {
    processes,
    simulator: processes.find(({ name }) => name === 'payment-simulator')?.url ?? '',
    lines,
    stop,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const processesIn = (text: string): readonly RunningProcess[] =>
  [...text.matchAll(/^ {2}(\S+) +(http\S+) +pid (\d+)(?: +metrics (\S+))?$/gm)].map(([, name = '', url = '', pid, metricsUrl]) => ({
    name,
    url,
    pid: Number(pid),
    metricsUrl: metricsUrl ?? null,
  }));
