import type { LedgerEntry, SimulatorAdmin } from '@tally/payment-simulator';
import type { Board, Standing } from '../board.ts';
import type { Counter } from '../counter.ts';
import { cases, kinds, type Case, type Kind, type TokenInUse } from './kinds.ts';

/** One order whose payment met one failure. */
export interface Trial {
  readonly of: Case;
  readonly kind: Kind;
  readonly orderId: string;
  /** Whether it met the failure: its first call of that operation had no definite answer. */
  readonly fired: boolean;
  /** From the request of its buyer until its saga had ended as it must; `null`: it did not in time. Milliseconds. */
  readonly settledMs: number | null;
  readonly enquiries: number;
  /** Whether nothing but an enquiry told the outcome: there was no second call. */
  readonly foundOut: boolean;
}

const firePatienceMs = 60_000;
/** Enquiries come after 2, 10 and 30 s, and each exchange may take 5. */
export const settlePatienceMs = 150_000;
/** Another's second call may take a failure that was meant for this order. */
const mostTries = 3;

export interface Laboratory {
  readonly counter: Counter<TokenInUse>;
  readonly admin: SimulatorAdmin;
  readonly board: Board;
  readonly say: (line: string) => void;
}

/** Every kind of failure at every operation: the operations at once, the kinds of each one after the other, without waiting for them to settle. */
export async function tryAll(laboratory: Laboratory): Promise<readonly Trial[]> {
  const lanes = cases.map(async (of) => {
    const settling: Promise<Trial>[] = [];
    for (const kind of kinds) {
      const begun = await begin(of, kind, laboratory);
      settling.push(settle(begun, laboratory));
    }
    return await Promise.all(settling);
  });
  return (await Promise.all(lanes)).flat();
}

interface Begun {
  readonly of: Case;
  readonly kind: Kind;
  readonly orderId: string;
  readonly beganAt: number;
  readonly fired: boolean;
}

async function begin(of: Case, kind: Kind, laboratory: Laboratory, triesLeft = mostTries): Promise<Begun> {
  const { board, say } = laboratory;
  const { orderId, beganAt } = await (of.operation === 'refund' ? beginRefund : beginCheckout)(of, kind, laboratory);
  const called = await board.until(orderId, (standing) => isOver(firstCall(standing, of)), firePatienceMs);
  const fired = called !== null && isSilent(firstCall(called, of));
  if (fired || triesLeft <= 1) return { of, kind, orderId, beganAt, fired };
  say(`${of.operation}, ${kind.title}: not met by ${orderId}, once more`);
  return await begin(of, kind, laboratory, triesLeft - 1);
}

async function beginCheckout({ operation, token }: Case, { behaviour }: Kind, { counter, admin }: Laboratory) {
  await admin.script({ operation, token, behaviours: [behaviour] });
  const beganAt = performance.now();
  return { orderId: await counter.buyForCertain(token), beganAt };
}

async function beginRefund({ operation, token }: Case, { behaviour }: Kind, { counter, admin, board }: Laboratory) {
  const orderId = await counter.buyForCertain(token);
  if ((await board.until(orderId, ({ outcome }) => outcome === 'SOLD', settlePatienceMs)) === null)
    throw new Error(`${orderId} is not sold`);
  await admin.script({ operation, token, behaviours: [behaviour] });
  const beganAt = performance.now();
  await counter.cancel(orderId);
  return { orderId, beganAt };
}

async function settle({ of, kind, orderId, beganAt, fired }: Begun, { board, say }: Laboratory): Promise<Trial> {
  const ended = ({ step, outcome }: Standing): boolean => step === 'ENDED' && outcome === of.endsAs;
  const standing = await board.until(orderId, ended, settlePatienceMs);
  const settledMs = standing === null ? null : performance.now() - beganAt;
  const attempts = standing?.attempts ?? [];
  const calls = attempts.filter(({ operation }) => operation === of.operation.toUpperCase());
  const enquiries = attempts.filter(({ operation }) => operation === 'ENQUIRE');
  say(
    `${of.operation.padEnd(9)}  ${kind.title.padEnd(24)}  ${settledMs === null ? 'NOT SETTLED' : `settled in ${(settledMs / 1_000).toFixed(1)} s`}`,
  );
  return { of, kind, orderId, fired, settledMs, enquiries: enquiries.length, foundOut: calls.length === 1 && enquiries.length > 0 };
}

const firstCall = ({ attempts }: Standing, { operation }: Case) => attempts.find((one) => one.operation === operation.toUpperCase());

const isOver = (call: ReturnType<typeof firstCall>): boolean => call !== undefined && call.outcome !== 'STARTED';

const isSilent = (call: ReturnType<typeof firstCall>): boolean => call?.outcome === 'UNKNOWN';

/** What is wrong about a trial, in words; empty when it holds. */
export function faultsOf(
  { of, kind, orderId, fired, settledMs, enquiries, foundOut }: Trial,
  ledger: readonly LedgerEntry[],
): readonly string[] {
  const succeeded = (operation: string): number =>
    ledger.filter((entry) => entry.order === orderId && entry.operation === operation && entry.outcome === 'succeeded').length;
  const wrong = Object.entries(of.succeeded).flatMap(([operation, wanted]) => {
    const count = succeeded(operation);
    return count === wanted ? [] : [`${String(count)} times ${operation} at the provider, not ${String(wanted)}`];
  });
  return [
    ...(fired ? [] : ['the failure was not met']),
    ...(settledMs === null ? ['not settled'] : []),
    ...(enquiries === 0 ? ['nobody enquired'] : []),
    ...(kind.found && !foundOut ? ['it was called again although an enquiry could tell'] : []),
    ...wrong,
  ].map((fault) => `${of.operation}, ${kind.title} (${orderId}): ${fault}`);
}
