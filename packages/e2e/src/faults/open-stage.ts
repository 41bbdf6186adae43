import { mkdir } from 'node:fs/promises';
import { freePort } from '@tally/distributed';
import { openSql, startFaultProxy, type FaultProxy } from '@tally/testkit';
import { bystander } from '../harness/buyers.ts';
import { startProcessesOnKafka, type KafkaSystem } from '../harness/processes-kafka.ts';
import { startProcesses, type ProcessesSystem } from '../harness/processes.ts';
import { createWitness } from '../harness/witness.ts';
import { openCounter } from './counter.ts';
import { openPostgresServer } from './postgres-server.ts';
import type { Stage } from './stage.ts';

/** What all lines of a run share. */
export type Theatre = Omit<Stage, 'traffic' | 'fail' | 'note'>;

export interface TheatreOptions {
  readonly setUp: 'processes' | 'processes-kafka';
  /** Empty. */
  readonly folder: string;
  readonly seed: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/** So many that nobody buys more than six times a minute, of the ten that are allowed. */
const buyers = 30;
/** Orders has a member to lose. */
const workers = { orders: 2 } as const;

/** Starts the system with a proxy in front of Redis, and buyers. Disposal ends all of it. */
export async function openTheatre({ setUp, folder, seed, quick, say }: TheatreOptions): Promise<Theatre & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  await mkdir(folder, { recursive: true });
  const variables = new Map<string, Readonly<Record<string, string>>>();
  const [system, kafka, redisProxy] = await open();
  stack.use(system);
  const postgres = stack.use(await openPostgresServer(system));
  const counter = stack.use(await openCounter(system, ['tok_ok'], seed, buyers));
  const sql = stack.use(await openSql(system.databaseUrls.auditor));
  let bystanders = 0;
  const owned = stack.move();
  return {
    system,
    kafka,
    redisProxy,
    postgres,
    counter,
    witness: createWitness(system),
    sql,
    variables,
    excused: new Set(),
    quick,
    say,
    bystander: () => counter.tokenOf(bystander(bystanders++)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };

  async function open(): Promise<readonly [ProcessesSystem, KafkaSystem | null, FaultProxy | null]> {
    const options = { folder, progress: say, limits: 'default', workers } as const;
    if (setUp === 'processes') return [await startProcesses({ ...options, more: (name) => variables.get(name) ?? {} }), null, null];
    const port = await freePort();
    const proxy = stack.use(await startFaultProxy(`redis://127.0.0.1:${String(port)}`));
    const throughProxy = { REDIS_URL: proxy.through(`redis://127.0.0.1:${String(port)}`) };
    const more = (name: string): Readonly<Record<string, string>> => ({
      ...(name.startsWith('gateway') || name === 'products-api' ? throughProxy : {}),
      ...variables.get(name),
    });
    const system = await startProcessesOnKafka({ ...options, more, redisOptions: { port } });
    return [system, system, proxy];
  }
}
