import type { SubgraphName } from '@tally/distributed';
import { crashPoints, type CrashPoint } from '@tally/kernel';
import type { Random } from '@tally/kernel';

/** What must go on for a point to be reached: buyers and staff as always, orders out of time, or an event that cannot be handled. */
export type Drive = 'crowd' | 'overdue' | 'parking';

/** A point, the process that is armed with it, and what leads there. */
export interface Target {
  readonly point: CrashPoint;
  readonly app: SubgraphName;
  readonly role: 'api' | 'worker';
  readonly drive: Drive;
}

/** Points of programs that run once and end, which no order passes: their own suite kills them. */
const ofJobs = 'job.';

/** Every registered point that a running system can reach. */
export const reachablePoints: readonly CrashPoint[] = crashPoints.filter((point) => !point.startsWith(ofJobs));

/** Those of jobs. */
export const jobPoints: readonly CrashPoint[] = crashPoints.filter((point) => point.startsWith(ofJobs));

/** What a quick run never leaves out: a repeat on the log, a repeat of a delivery, a charge that nobody has recorded. */
export const alwaysTried: readonly CrashPoint[] = [
  'relay.append.before',
  'relay.append.after',
  'relay.mark.after',
  'log.position.before',
  'log.position.after',
  'provider.authorise.after',
];

const areas: Readonly<Record<string, readonly [SubgraphName, 'api' | 'worker']>> = {
  checkout: ['orders', 'api'],
  order: ['orders', 'api'],
  shipment: ['orders', 'api'],
  saga: ['orders', 'worker'],
  price: ['orders', 'worker'],
  event: ['orders', 'worker'],
  'reserve-stock': ['products', 'worker'],
  'commit-stock': ['products', 'worker'],
  'release-stock': ['products', 'worker'],
  stock: ['products', 'api'],
  payment: ['payments', 'worker'],
  provider: ['payments', 'worker'],
  session: ['users', 'api'],
  contact: ['notifications', 'worker'],
  notification: ['notifications', 'worker'],
  mail: ['notifications', 'worker'],
};

/** Who has a relay and a consumer that every order passes. */
const anybody = ['orders', 'products', 'notifications'] as const;

/**
 * Where a point lives. Relay and positions are in every process that works: the seed chooses.
 *
 * @throws {RangeError} its area is not known here: say in which process it lives.
 */
export function targetOf(point: CrashPoint, random: Random): Target {
  const area = point.split('.', 1)[0] ?? '';
  const known = areas[area];
  if (area === 'relay') return { point, app: random.pick(['orders', 'products'] as const), role: 'worker', drive: 'crowd' };
  if (area === 'log') return { point, app: random.pick(anybody), role: 'worker', drive: 'crowd' };
  if (known === undefined) throw new RangeError(`in which process is ${point}?`);
  const drive: Drive = point.startsWith('saga.sweep') ? 'overdue' : area === 'event' ? 'parking' : 'crowd';
  return { point, app: known[0], role: known[1], drive };
}

/** A third of all, by the seed, always with those that are never left out. */
export function quickPoints(random: Random): readonly CrashPoint[] {
  const others = shuffled(
    reachablePoints.filter((point) => !alwaysTried.includes(point)),
    random,
  );
  return [...alwaysTried, ...others.slice(0, Math.max(0, Math.ceil(reachablePoints.length / 3) - alwaysTried.length))];
}

/** The same things in a seeded order. */
export function shuffled<T>(things: readonly T[], random: Random): readonly T[] {
  return things
    .map((thing) => [random.next(), thing] as const)
    .toSorted(([left], [right]) => left - right)
    .map(([, thing]) => thing);
}
