import type { CrashPoint } from '@tally/kernel';
import { createRandom } from '@tally/kernel';
import { processFor, type System } from '../harness/system.ts';
import { spread, type Aim } from './hand.ts';
import { shuffled, targetOf } from './points.ts';

const payments = ['payments-worker', 'payments-worker-2'] as const;

/** Points that are tried one after the other; queues at the same time as each other. */
export interface Queues {
  /** Of each process that calls the provider. */
  readonly payments: readonly (readonly Aim[])[];
  /** Of those that answer, and of those that work; in one process all there is. */
  readonly others: readonly (readonly Aim[])[];
}

/** Who dies where, in a seeded order. */
export function queuesOf(system: Pick<System, 'setUp' | 'processes'>, points: readonly CrashPoint[], seed: number): Queues {
  const random = createRandom(seed + 2);
  const targets = shuffled(points, random).map((point) => targetOf(point, random));
  const aims = targets.map((target): Aim => ({ ...target, name: processFor(system.processes, target.app, target.role).name }));
  if (system.setUp === 'one-process') return { payments: [], others: [aims] };
  const own = aims.filter(({ app }) => app === 'payments');
  const others = aims.filter(({ app }) => app !== 'payments');
  return {
    payments: payments.map((name, at) => own.filter((_, index) => index % payments.length === at).map((aim) => ({ ...aim, name }))),
    others: (['worker', 'api'] as const).map((role) => spread(others.filter((aim) => aim.role === role))),
  };
}
