import { StartupError } from '@tally/runtime';
import { readMachine, type Machine } from './config.ts';
import { findParts, type PartName } from './find-parts.ts';
import { installParts } from './install.ts';
import { startKafka } from './kafka-broker.ts';
import { startRedis } from './redis-server.ts';

/** What to bring up, and how hard to try. */
export interface InfraOptions {
  readonly parts: readonly PartName[];
  /** Gets what is missing first; see `installParts`. */
  readonly install: boolean;
  /** True: a part that cannot be had fails the start. False: it is left out, and named in `missing`. */
  readonly required: boolean;
  /** Told of each thing that is installed or up, in a line. */
  readonly report?: (line: string) => void;
  /** Default: the one this process runs on. */
  readonly machine?: Machine;
}

/** A part that was left out. */
export interface LeftOut {
  readonly part: PartName;
  /** Why, and what to do; lines after the first are the log of a server that did not start. */
  readonly reason: string;
}

/** Servers that run until they are disposed. */
export interface Infra extends AsyncDisposable {
  /** What their clients read: `REDIS_URL`, `KAFKA_BROKERS`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly missing: readonly LeftOut[];
}

/** The variable in which clients of a part find its address. */
export const VARIABLES: Readonly<Record<PartName, string>> = { redis: 'REDIS_URL', kafka: 'KAFKA_BROKERS' };

/**
 * Brings up Redis and Kafka side by side.
 *
 * @throws {StartupError} a part is required and cannot be had, a line for each; what was up is stopped again.
 */
export async function startInfra(options: InfraOptions): Promise<Infra> {
  const { parts, install, required, report = () => undefined, machine = readMachine() } = options;
  await using stack = new AsyncDisposableStack();
  if (install) await installParts(machine, parts, (what, tookMs) => report(`${what} installed in ${seconds(tookMs)}`));

  const variables: Record<string, string> = {};
  const missing = await leftOut(machine, parts);
  if (!required || missing.length === 0) {
    const available = parts.filter((name) => !missing.some(({ part }) => part === name));
    await Promise.all(
      available.map(async (part) => {
        const begun = performance.now();
        try {
          const address = await start(part, stack);
          variables[VARIABLES[part]] = address;
          report(`${part.padEnd(5)} at ${address} in ${seconds(performance.now() - begun)}`);
        } catch (error) {
          missing.push({ part, reason: error instanceof Error ? error.message : String(error) });
        }
      }),
    );
  }
  if (required && missing.length > 0) throw new StartupError(missing.map(({ part, reason }) => `${part}: ${reason}`).join('\n'));

  const owned = stack.move();
  return { variables, missing, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function leftOut(machine: Machine, parts: readonly PartName[]): Promise<LeftOut[]> {
  if (parts.length === 0) return [];
  const found = await findParts(machine);
  return parts.flatMap((part) => {
    const state = found[part];
    return state.found ? [] : [{ part, reason: `${state.missing}: ${state.remedy}` }];
  });
}

/** @returns where it answers. */
async function start(part: PartName, stack: AsyncDisposableStack): Promise<string> {
  return part === 'redis' ? stack.use(await startRedis()).url : stack.use(await startKafka()).brokers;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
