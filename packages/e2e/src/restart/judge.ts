import { unheard, type Request } from '../harness/good-client.ts';
import type { StreamEnding, StreamTally } from './subscribers.ts';
import type { Absence, PhasedPurchase, Timeline } from './timeline.ts';

/** What clients may be told while a subgraph that answers is away: ask again with the same key. */
const retryable: readonly string[] = ['SUBGRAPH_UNAVAILABLE', 'TIMEOUT'];
/** After a process is back, requests that were sent before may still be answered so. */
const afterwardsMs = 1_000;
/** Of the purchases of a catch-up, the share that may be told to ask again: all that waited is done at once then, and pools are full. */
const overloadedShare = 0.1;
/** A younger connection may still wait to be accepted when its gateway closes the door: only what was done has surely been taken. */
const takenMs = 100;

const gatewayNames = ['gateway', 'gateway-2'] as const;

type Judged = Pick<Timeline, 'absences' | 'catchUps'>;

/**
 * What clients met that they must not meet. While a process is restarted they may be told SUBGRAPH_UNAVAILABLE or TIMEOUT if it answers for a subgraph, and a
 * gateway may not take connections from SIGTERM until it is ready again; what it had taken is answered. Some may be told so while the backlog of an outage is
 * worked off. At all other times, in the outages too, every request is answered with an order.
 */
export function judgePurchases(purchases: readonly PhasedPurchase[], { absences, catchUps }: Judged): readonly string[] {
  const duringCatchUp = ({ sentAt, answeredAt }: Request): boolean =>
    catchUps.some(({ from, until }) => answeredAt >= from && sentAt <= until);
  const isOverload = (request: Request): boolean =>
    request.attempt.outcome === 'unknown' &&
    request.attempt.lost === null &&
    request.attempt.codes.every(isRetryable) &&
    duringCatchUp(request);
  const then = purchases.filter(({ requests }) => requests.some(duringCatchUp));
  const overloaded = then.filter(({ requests }) => requests.some(isOverload));
  const faults = purchases.flatMap((purchase) => {
    const own = purchase.requests.flatMap((request, index) => (isOverload(request) ? [] : faultOf(request, index, purchase, absences)));
    if (purchase.orderId === null && purchase.state !== 'ok') own.push('never found out what became of it');
    return own.map((fault) => `${purchase.phase}: ${purchase.key} ${fault}`);
  });
  if (overloaded.length <= overloadedShare * then.length) return faults;
  return [
    ...faults,
    `${String(overloaded.length)} of ${String(then.length)} purchases were told to ask again while a backlog was worked off`,
  ];
}

const isRetryable = (code: string): boolean => retryable.includes(code);

function faultOf(
  { gateway, sentAt, answeredAt, attempt }: Request,
  index: number,
  { requests }: PhasedPurchase,
  absences: readonly Absence[],
): readonly string[] {
  if (attempt.outcome === 'accepted') return [];
  if (attempt.outcome === 'refused') return [`was refused with ${attempt.codes.join(', ')}`];
  if (attempt.lost === unheard) return [];
  const meanwhile = absences.filter(({ from, until }) => answeredAt >= from && sentAt <= until + afterwardsMs);
  const took = `after ${(answeredAt - sentAt).toFixed(0)} ms`;
  if (attempt.lost !== null) {
    const what = `lost its answer (${attempt.lost}) ${took} at ${gatewayNames[gateway]}`;
    const gone = meanwhile.find(({ name }) => name === gatewayNames[gateway]);
    if (gone === undefined) return [`${what}, which was there`];
    const only = requests.filter((request) => request.attempt.outcome === 'unknown').length === 1;
    const wasDone = only && requests.some((request) => request.attempt.outcome === 'accepted' && request.attempt.replayed);
    return wasDone || sentAt < gone.from - takenMs ? [`${what}, which had taken it`] : [];
  }
  if (index > 0 && attempt.codes.every((code) => code === 'IDEMPOTENCY_IN_PROGRESS')) return [];
  const fits = attempt.codes.every(isRetryable) && meanwhile.some(({ name }) => name.endsWith('-api'));
  return fits ? [] : [`was told ${attempt.codes.join(', ')} ${took}`];
}

/** Requests that a gateway had taken when it was told to stop. */
export function inFlightAt(purchases: readonly PhasedPurchase[], { name, from }: Absence): number {
  const requests = purchases.flatMap((purchase) => purchase.requests);
  return requests.filter(
    ({ gateway, sentAt, answeredAt, attempt }) =>
      gatewayNames[gateway] === name && sentAt < from && answeredAt > from && attempt.outcome === 'accepted',
  ).length;
}

/** How streams that were open at a gateway ended while it stopped: with 1001, or without a word, which must not be. */
export function sentAwayBy({ ends }: StreamTally, { name, from, until }: Absence): { readonly told: number; readonly cut: number } {
  const meanwhile = ends.filter(({ at, gateway }) => gatewayNames[gateway] === name && at >= from && at <= until);
  const wasOpen = ({ events, openedAt }: StreamEnding): boolean => events > 0 || openedAt < from - openedByMs;
  const told = meanwhile.filter(({ end }) => end.closeCode === 1001).length;
  return { told, cut: meanwhile.filter((ending) => ending.end.reason === 'cut' && wasOpen(ending)).length };
}

/** A stream that was asked for so long ago was taken, or it would have ended. */
const openedByMs = 2_000;
