import { createCycler, type Cycler } from './cycler.ts';

/** The states in which a subscription is given up, as its client sees them. */
export const cancelStates = ['before the replay', 'awaiting the replay', 'in the replay', 'live', 'queue full'] as const;

export type CancelState = (typeof cancelStates)[number];

type Payload = Readonly<Record<string, unknown>>;

/** What a churn is made of. */
export interface ChurnOrder {
  readonly port: number;
  readonly init: Payload;
  readonly sockets: number;
  readonly cycles: Readonly<Record<CancelState, number>>;
  readonly subscribe: {
    /** To something about which there is one event. */
    readonly still: Payload;
    /** To something whose owner takes his time. */
    readonly hesitant: Payload;
    /** To something with a long past, all of it. */
    readonly past: Payload;
    /** To what happens all the time: a slow client's stream ends, or gets the newest. */
    readonly busy: readonly Payload[];
    /** To a past that no socket takes without being read. */
    readonly flood: Payload;
  };
}

const atOnce = 50;
/** Results that happen while a queue is filled: more than a queue holds. */
const overflowing = 200;
const fullSocketsAtOnce = 4;

/** Subscribes and cancels, over and over. Rejects when the server refuses something or hangs up. */
export async function churn(order: ChurnOrder, onProgress: (cycles: number) => void): Promise<void> {
  const { port, init, sockets, cycles, subscribe } = order;
  let done = 0;
  let turn = 0;
  const progress = (count: number): void => {
    done += count;
    onProgress(done);
  };
  const cyclers = await Promise.all(Array.from({ length: sockets }, () => createCycler(port, init)));
  const rounds: readonly [CancelState, (cycler: Cycler, count: number) => Promise<void>][] = [
    ['before the replay', (cycler, count) => cycler.atOnce(subscribe.still, count)],
    ['awaiting the replay', (cycler, count) => cycler.whileAsked(subscribe.hesitant, count)],
    ['in the replay', (cycler, count) => cycler.afterResults(subscribe.past, count, 1)],
    ['live', (cycler, count) => cycler.afterResults(subscribe.busy[turn++ % subscribe.busy.length] ?? {}, count, 2)],
  ];
  const left = new Map(rounds.map(([state]) => [state, cycles[state]]));
  await Promise.all(
    cyclers.map(async (cycler) => {
      while ([...left.values()].some((count) => count > 0)) {
        for (const [state, play] of rounds) {
          const count = Math.min(atOnce, left.get(state) ?? 0);
          if (count === 0) continue;
          left.set(state, (left.get(state) ?? 0) - count);
          await play(cycler, count);
          progress(count);
        }
      }
    }),
  );
  const [witness] = cyclers;
  for (let full = 0; witness !== undefined && full < cycles['queue full']; full += fullSocketsAtOnce * atOnce) {
    await fillQueues(order, witness);
    progress(fullSocketsAtOnce * atOnce);
  }
  await Promise.all(cyclers.map((cycler) => cycler.leave()));
}

/** Clients that stop reading while more happens than a queue holds, and then vanish. */
async function fillQueues({ port, init, subscribe }: ChurnOrder, witness: Cycler): Promise<void> {
  const clogged = await Promise.all(
    Array.from({ length: fullSocketsAtOnce }, async () => {
      const cycler = await createCycler(port, init);
      await cycler.fill(subscribe.busy, subscribe.flood, atOnce - 1);
      return cycler;
    }),
  );
  await witness.afterResults(subscribe.busy[0] ?? {}, 1, overflowing);
  await Promise.all(clogged.map((cycler) => cycler.vanish()));
}
