import { topicOf } from '@tally/events';
import type { Logger, OutboxRows } from '@tally/messaging';
import {
  createFaults,
  createMemoryDatabase,
  createMemoryLog,
  createScheduler,
  outboxRowsOn,
  outboxTable,
  runApp,
  runRelay,
  usualFaults,
  type MemoryDatabase,
  type RunningProcess,
  type Scheduler,
  type Session,
  type SimulatedApp,
} from '../../src/index.ts';
import { allGuards, createBank, type Guards } from './bank.ts';
import { accounts, transfers } from './tables.ts';
import { boxes, createVault } from './vault.ts';

const nothing = (): void => undefined;
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const opening = 1_000;
const accountNames = ['a', 'b', 'c', 'd'] as const;

/** What became of a history. */
export interface Ended {
  readonly violations: readonly string[];
  readonly digest: string;
  readonly turns: number;
  readonly transfers: number;
  readonly struck: ReadonlyMap<string, number>;
  readonly kills: number;
  readonly repeats: number;
  readonly notes: readonly string[];
}

/** Money moves from a bank to a vault, two processes each, while things go wrong; then everything heals and must come to rest. */
export async function transferHistory(options: {
  readonly seed: number;
  readonly count: number;
  readonly guards?: Guards;
  readonly most?: Readonly<Record<string, number>>;
}): Promise<Ended> {
  const { seed, count, guards = allGuards, most } = options;
  const scheduler = createScheduler({
    seed,
    faults: (random) => createFaults({ random, rates: usualFaults, ...(most === undefined ? {} : { most }) }),
    mostTurns: 200_000 + count * 5_000,
  });
  const { outside, faults, now } = scheduler;
  const log = createMemoryLog({
    ...scheduler,
    random: scheduler.random,
    topics: [topicOf('products.commands.v1'), topicOf('products.stock.v1')],
  });
  const bankDatabase = createMemoryDatabase({ now });
  const vaultDatabase = createMemoryDatabase({ now });

  const start = (process: RunningProcess, app: SimulatedApp): void => {
    if (guards.markAfterAppend) return runApp(process, app, { scheduler, log, logger: silent });
    for (const consumer of app.consumers) log.join(process, consumer);
    runRelay(process, { name: app.name, scheduler, log: log.reachedFrom(process), logger: silent, rows: markingAtOnce });
  };

  const run = async (): Promise<readonly string[]> => {
    await open(bankDatabase, accountNames, opening);
    await open(
      vaultDatabase,
      Array.from({ length: boxes }, (_, at) => `box ${at}`),
      0,
    );
    const banks = ['bank-1', 'bank-2'].map((name) => {
      const lives = new WeakMap<RunningProcess, ReturnType<typeof createBank>>();
      const machine = scheduler.boot({
        name,
        database: bankDatabase,
        start(process) {
          const bank = createBank(process, guards);
          lives.set(process, bank);
          start(process, bank.app);
        },
      });
      return { machine, lives };
    });
    for (const name of ['vault-1', 'vault-2'])
      scheduler.boot({ name, database: vaultDatabase, start: (process) => start(process, createVault(process, guards)) });

    const acknowledged: string[] = [];
    const clients = scheduler.random.fork('clients');
    let atWork = count;
    const client = async (number: number): Promise<void> => {
      await outside.sleep(clients.next() * count * 5);
      const [account, amount] = [clients.pick(accountNames), clients.between(1, 20)];
      for (;;) {
        const bank = banks[clients.between(0, 1)];
        const answer = await bank?.machine.ask('send', (process) => {
          const here = bank.lives.get(process);
          return here === undefined ? Promise.reject(new Error('not yet')) : here.send(`usr_${number}`, 'key', account, amount);
        });
        if (answer?.kind === 'answered') {
          if (answer.value !== null) acknowledged.push(answer.value);
          break;
        }
        await outside.sleep(50 + clients.next() * 200);
      }
      atWork -= 1;
    };
    for (let number = 0; number < count; number += 1) void client(number);
    while (atWork > 0) await outside.sleep(200);
    faults.heal();
    await quiet(scheduler, () => log.lag() === 0 && [bankDatabase, vaultDatabase].every(isPublished));
    return judge({ bankDatabase, vaultDatabase, acknowledged, parked: log.parked.length });
  };

  const violations = await scheduler.run(run).catch((error: unknown) => [String(error)]);
  return {
    ...{ violations, digest: scheduler.trace.digest(), turns: scheduler.turns, transfers: count, struck: faults.struck },
    kills: [...scheduler.kills.values()].reduce((sum, kills) => sum + kills, 0),
    ...{ repeats: log.repeats, notes: scheduler.trace.notes },
  };
}

async function quiet({ outside }: Scheduler, isQuiet: () => boolean): Promise<void> {
  for (let calm = 0; calm < 3;) {
    await outside.sleep(1_000);
    calm = isQuiet() ? calm + 1 : 0;
  }
}

function judge(end: {
  readonly bankDatabase: MemoryDatabase;
  readonly vaultDatabase: MemoryDatabase;
  readonly acknowledged: readonly string[];
  readonly parked: number;
}): string[] {
  const sum = (database: MemoryDatabase) => database.committed(accounts).reduce((total, { balance }) => total + balance, 0);
  const total = sum(end.bankDatabase) + sum(end.vaultDatabase);
  const made = new Map(end.bankDatabase.committed(transfers).map((transfer) => [transfer.order as string, transfer]));
  const violations: string[] = [];
  if (total !== opening * accountNames.length) violations.push(`money: ${total}`);
  for (const { order, arrived } of made.values()) if (arrived !== 1) violations.push(`${order} arrived ${arrived} times`);
  for (const order of end.acknowledged) if (!made.has(order)) violations.push(`${order} was acknowledged and is not there`);
  if (end.parked > 0) violations.push(`${end.parked} records parked`);
  return violations;
}

const isPublished = (database: MemoryDatabase): boolean => database.committed(outboxTable).every(({ publishedAt }) => publishedAt !== null);

const open = (database: MemoryDatabase, names: readonly string[], balance: number) =>
  database.session().transaction(async (transaction) => {
    for (const id of names) await transaction.insertNew(accounts, { id, balance });
  });

/** A relay that marks what it is about to append. */
const markingAtOnce = (session: Session): OutboxRows => {
  const rows = outboxRowsOn(session);
  return {
    async readUnpublished(limit) {
      const found = await rows.readUnpublished(limit);
      await rows.markPublished(found);
      return found;
    },
    markPublished: () => Promise.resolve(),
    countRefusal: (row) => rows.countRefusal(row),
  };
};
