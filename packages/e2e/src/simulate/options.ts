import { parseArgs } from 'node:util';
import type { Schedule } from '@tally/simulation';

/** What a run was asked for. */
export interface Options {
  /** First seed; the others follow it. */
  readonly seed: number;
  readonly seeds: number;
  /** Purchases of each history. */
  readonly orders: number;
  /** No history begins after so many milliseconds. */
  readonly forMs: number;
  /** This one history instead. */
  readonly schedule: Schedule | null;
  readonly untilViolation: boolean;
  readonly json: boolean;
}

const quickMs = 50_000;

/** @throws {RangeError} something is no number, or no schedule. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      orders: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      schedule: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'until-violation': { type: 'boolean', default: false },
    },
  });
  return {
    seed: whole('seed', values.seed, 0),
    seeds: whole('seeds', values.seeds ?? (values.quick ? '1000000' : '10000'), 1),
    orders: whole('orders', values.orders, 1),
    forMs: values.quick ? quickMs : Infinity,
    schedule: values.schedule === undefined ? null : scheduleOf(values.schedule),
    untilViolation: values['until-violation'],
    json: values.json,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`--${name} is a whole number from ${least} on, not ${text}`);
  return value;
}

function scheduleOf(text: string): Schedule {
  const schedule: Partial<Schedule> = JSON.parse(text) as Partial<Schedule>;
  const { seed, size, faults, faultyTurns } = schedule;
  if (typeof seed !== 'number' || typeof size !== 'number' || typeof faults !== 'object' || faultyTurns === undefined)
    throw new RangeError('--schedule is what a failing run has printed');
  return { seed, size, faults, faultyTurns };
}
