import { crashPoint, newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { createMemoryDatabase, defineTable } from '../index.ts';
import { createFaults, type Faults } from './faults.ts';
import type { RunningProcess } from './running-process.ts';
import { createScheduler, type SchedulerOptions } from './scheduler.ts';

const counters = defineTable<{ readonly id: string; readonly value: number }>({ name: 'counter', key: ({ id }) => id });

const striking =
  (rates: Readonly<Record<string, number>>, most?: Readonly<Record<string, number>>) =>
  (random: Parameters<NonNullable<SchedulerOptions['faults']>>[0]): Faults =>
    createFaults({ random, rates, ...(most === undefined ? {} : { most }) });

/** Several processes that count up to a number in one row, each in two statements. */
async function counting(options: SchedulerOptions, to: number) {
  const scheduler = createScheduler(options);
  const database = createMemoryDatabase({ now: scheduler.now });
  const ids: string[] = [];
  const value = () => database.committed(counters)[0]?.value ?? 0;
  const start = (process: RunningProcess): void =>
    process.run('counting', async () => {
      while (value() < to) {
        ids.push(`${process.name} ${newId('evt')} ${process.now().toISOString()} ${process.random()}`);
        await process.session
          .transaction(async (open) => {
            await open.statement();
            const row = await open.lock(counters, 'it');
            await open.statement();
            open.put(counters, { id: 'it', value: (row?.value ?? 0) + 1 });
          })
          .catch(() => process.sleep(10));
      }
    });
  await scheduler.run(async () => {
    await database.session().transaction((open) => open.insertNew(counters, { id: 'it', value: 0 }));
    for (const name of ['one', 'two', 'three']) scheduler.boot({ name, database, start });
    while (value() < to) await scheduler.outside.sleep(10);
  });
  return { scheduler, ids, value: value() };
}

test('a seed is a history: the same one twice, another one for another seed', async () => {
  const faults = striking({ kill: 0.01, cut: 0.01, freeze: 0.001, 'clock wrong': 0.5, 'clock jump': 0.01, 'commit unanswered': 0.05 });
  const digest = async (seed: number) => {
    const { scheduler, ids, value } = await counting({ seed, faults }, 200);
    return { digest: scheduler.trace.digest(), turns: scheduler.turns, notes: scheduler.trace.notes, ids, value };
  };

  const [once, again, other] = [await digest(3), await digest(3), await digest(4)];

  expect(again).toEqual(once);
  expect(other.digest).not.toBe(once.digest);
  expect(other.ids).not.toEqual(once.ids);
});

test('what a process has open when it dies is undone, and its machine comes back', async () => {
  const { scheduler, value } = await counting({ seed: 1, faults: striking({ kill: 0.05 }) }, 100);

  expect(scheduler.kills.get('anywhere')).toBeGreaterThan(5);
  expect(value).toBeGreaterThanOrEqual(100);
  expect(scheduler.trace.notes.some((note) => note.includes('one#2 starts'))).toBe(true);
});

test('a dead process takes no turn, sleeps for ever, and answers nobody', async () => {
  const scheduler = createScheduler({ seed: 1 });
  const database = createMemoryDatabase({ now: scheduler.now });
  const steps: string[] = [];

  const answers = await scheduler.run(async () => {
    const machine = scheduler.boot({
      name: 'dying',
      database,
      restartMs: [50, 50],
      start: (process) =>
        process.run('stepping', async () => {
          steps.push(`begins ${process.life}`);
          await process.sleep(10);
          if (process.life === 1) machine.kill();
          await process.turn();
          steps.push(`goes on ${process.life}`);
        }),
    });
    const first = await machine.ask('too long', (process) => process.sleep(1_000));
    const dead = await machine.ask('nobody there', () => Promise.resolve(1));
    await scheduler.outside.sleep(100);
    const [alive, failed] = [
      await machine.ask('quick', (process) => Promise.resolve(process.life)),
      await machine.ask('failing', () => Promise.reject(new Error('no'))),
    ];
    return [first, dead, alive, failed];
  });

  expect(steps).toEqual(['begins 1', 'begins 2', 'goes on 2']);
  expect(answers).toEqual([{ kind: 'lost' }, { kind: 'lost' }, { kind: 'answered', value: 2 }, { kind: 'failed', error: new Error('no') }]);
});

test('a crash point kills whoever has reached it, and nobody else', async () => {
  const scheduler = createScheduler({ seed: 5, faults: striking({ 'crash relay.append.after': 1 }, { 'crash relay.append.after': 2 }) });
  const database = createMemoryDatabase({ now: scheduler.now });
  const survived: string[] = [];
  const start = (process: RunningProcess): void =>
    process.run('passing', async () => {
      await process.sleep(process.random() * 10);
      crashPoint('relay.append.before');
      crashPoint('relay.append.after');
      await process.turn();
      survived.push(process.name);
    });

  await scheduler.run(async () => {
    crashPoint('relay.append.after');
    for (const name of ['a', 'b', 'c']) scheduler.boot({ name, database, start });
    while (survived.length < 3) await scheduler.outside.sleep(100);
  });

  expect(scheduler.kills).toEqual(new Map([['relay.append.after', 2]]));
  expect(scheduler.reached.get('relay.append.before')).toBe(5);
  expect(survived.map((name) => name.slice(0, 1)).toSorted()).toEqual(['a', 'b', 'c']);
});

test('whoever stands still holds up those who need its locks, until PostgreSQL loses patience with either', async () => {
  const { scheduler, value } = await counting({ seed: 2, faults: striking({ freeze: 0.02 }, { freeze: 10 }) }, 300);

  expect(scheduler.faults.struck.get('freeze')).toBeGreaterThan(2);
  expect(value).toBeGreaterThanOrEqual(300);
});

test('time leaps to the next timer when nobody is ready, and each actor has its own clock', async () => {
  const scheduler = createScheduler({ seed: 1, faults: striking({ 'clock wrong': 1 }) });
  const database = createMemoryDatabase({ now: scheduler.now });
  const begin = scheduler.nowMs();

  const off = await scheduler.run(async () => {
    const machine = scheduler.boot({ name: 'wrong', database, start: () => undefined });
    await scheduler.outside.sleep(3_600_000);
    const clock = machine.process?.now().getTime() ?? 0;
    return clock - scheduler.nowMs();
  });

  expect(scheduler.nowMs() - begin).toBeGreaterThanOrEqual(3_600_000);
  expect(scheduler.nowMs() - begin).toBeLessThan(3_600_100);
  expect(Math.abs(off)).toBeGreaterThan(1);
  expect(Math.abs(off)).toBeLessThanOrEqual(600_001);
  expect(scheduler.turns).toBeLessThan(10);
});

test('a history in which nobody can move, or that never ends, is stuck and says what waits', async () => {
  const waitingFor = (work: (process: RunningProcess) => Promise<void>, options: Partial<SchedulerOptions> = {}) => {
    const scheduler = createScheduler({ seed: 1, ...options });
    const database = createMemoryDatabase({ now: scheduler.now });
    return scheduler.run(async () => {
      scheduler.boot({ name: 'stuck', database, start: (process) => process.run('what never comes', () => work(process)) });
      await new Promise(() => undefined);
    });
  };

  await expect(waitingFor(() => new Promise(() => undefined))).rejects.toThrow(/nobody can move.*stuck#1 \(what never comes\)/);
  const forever = async (process: RunningProcess): Promise<void> => {
    for (;;) await process.turn();
  };
  await expect(waitingFor(forever, { mostTurns: 500 })).rejects.toThrow(/500 turns were not enough/);
  await expect(waitingFor(forever, { mostMs: 1 })).rejects.toThrow(/time is up/);
});

test('what a process throws beside its requests ends the history', async () => {
  const scheduler = createScheduler({ seed: 1 });
  const database = createMemoryDatabase({ now: scheduler.now });

  const running = scheduler.run(async () => {
    scheduler.boot({ name: 'broken', database, start: (process) => process.run('breaking', () => Promise.reject(new TypeError('a bug'))) });
    await scheduler.outside.sleep(1_000);
  });

  await expect(running).rejects.toThrow('a bug');
});

test('faults stop after the turns that they were given', async () => {
  const { scheduler } = await counting({ seed: 1, faults: striking({ kill: 0.05 }), faultyTurns: 0 }, 50);

  expect(scheduler.kills.size).toBe(0);
  expect(scheduler.faults.healed).toBe(true);
});
