import { crashPoint } from '@tally/kernel';
import { createRecordHandler, type DeliveredRecord, type Handlers } from '@tally/messaging';
import type { RunningProcess } from '../scheduler/running-process.ts';
import type { Claimed, GroupWorld } from './group.ts';

/** A process in a consumer group. */
export interface Member {
  take(claimed: Claimed): void;
  lose(claimed: Claimed): void;
  /** There may be something new in a partition that it owns. */
  look(claimed: Claimed): void;
}

/** A partition in the hands of this member, under one epoch. */
interface Held {
  readonly claimed: Claimed;
  readonly epoch: number;
  next: number;
  /** Records whose effect is committed. */
  handled: number;
  /** The position that this member has written. */
  written: number;
  lost: boolean;
  working: boolean;
}

/** Attempts of a failing event, its first pause and its longest in milliseconds: those of `startConsumer`. */
const mostAttempts = 8;
const firstPauseMs = 50;
const longestPauseMs = 5_000;
const fetchMs: readonly [number, number] = [0, 8];
const lateMs: readonly [number, number] = [50, 3_000];
const positionsMs: readonly [number, number] = [5, 200];
const mostRepeated = 20;

/** @param handlers as in production. */
export function createMember(process: RunningProcess, handlers: Handlers, world: GroupWorld): Member {
  const { name, faults, random } = world;
  const handle = createRecordHandler(name, handlers);
  const held = new Map<Claimed, Held>();
  let isWriting = false;

  /** @returns whether the record is settled, so that the position may pass it. */
  const settle = async (record: DeliveredRecord, mine: Held): Promise<boolean> => {
    for (let failures = 1, counted = 1; ; failures += 1) {
      try {
        await handle(record);
        return true;
      } catch (error) {
        const kind = world.judge(error);
        if (kind === 'poison' || (kind === 'count' && counted >= mostAttempts)) {
          world.park(record, error, counted);
          return true;
        }
        if (kind === 'count') counted += 1;
      }
      if (mine.lost) return false;
      await process.sleep(process.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20)));
      if (mine.lost) return false;
    }
  };

  const deliver = async (mine: Held): Promise<void> => {
    const { claimed } = mine;
    await process.sleep(random.between(...(faults.strikes('delivery late') ? lateMs : fetchMs)));
    while (world.isAway()) await process.sleep(250);
    if (faults.strikes('delivery repeated')) mine.next = Math.max(0, mine.next - random.between(1, mostRepeated));
    if (faults.strikes('rebalance')) world.rebalance();
    const until = Math.min(claimed.of.records.length, mine.next + random.between(1, 50));
    while (mine.next < until && !mine.lost) {
      const record = claimed.of.records[mine.next];
      if (record === undefined) return;
      world.delivered(claimed, mine.next);
      if (!world.isParked(record) && !(await settle(record, mine))) return;
      mine.next += 1;
      mine.handled = Math.max(mine.handled, mine.next);
      writeSoon();
    }
  };

  const look = (mine: Held): void => {
    if (mine.working || mine.lost || mine.next >= mine.claimed.of.records.length) return;
    mine.working = true;
    process.run(`${name} takes ${mine.claimed.of.topic}/${mine.claimed.of.partition}`, async () => {
      while (!mine.lost && mine.next < mine.claimed.of.records.length) await deliver(mine);
      mine.working = false;
    });
  };

  const writeSoon = (): void => {
    if (isWriting) return;
    isWriting = true;
    process.run(`${name} writes its positions`, async () => {
      await process.sleep(random.between(...positionsMs));
      const reached = [...held.values()].filter(({ handled, written }) => handled > written).map((mine) => ({ mine, to: mine.handled }));
      crashPoint('log.position.before');
      await process.turn();
      isWriting = false;
      if (faults.strikes('position lost') || world.isAway()) return writeSoon();
      for (const { mine, to } of reached) {
        if (mine.claimed.epoch !== mine.epoch) mine.lost = true;
        else mine.written = mine.claimed.position = Math.max(mine.claimed.position, to);
      }
      crashPoint('log.position.after');
      if ([...held.values()].some(({ handled, written }) => handled > written)) writeSoon();
    });
  };

  return {
    take(claimed) {
      const { position, epoch } = claimed;
      const mine: Held = { claimed, epoch, next: position, handled: position, written: position, lost: false, working: false };
      held.set(claimed, mine);
      look(mine);
    },
    lose(claimed) {
      const mine = held.get(claimed);
      if (mine === undefined) return;
      held.delete(claimed);
      // The member hears of it later than the others, and finishes what it has in hand.
      process.enter(() => {
        mine.lost = true;
      });
    },
    look(claimed) {
      const mine = held.get(claimed);
      if (mine !== undefined) look(mine);
    },
  };
}
