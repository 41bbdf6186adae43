import { setTimeout as pause } from 'node:timers/promises';
import type { Purchase } from '../harness/history.ts';
import type { Counter } from './counter.ts';

/** What people want, as they come by themselves. */
export const routes = ['checkout', 'catalogue', 'cart'] as const;

export type Route = (typeof routes)[number];

/** Somebody who came, and was answered. */
export interface Visit {
  readonly route: Route;
  /** Of the traffic when it came. */
  readonly phase: string;
  /** From when it was due until it was answered, in milliseconds. */
  readonly latencyMs: number;
  /** Why it is no success: codes of the graph or what broke the connection; `null`: it is one. */
  readonly failure: string | null;
  /** `null` for who does not buy. */
  readonly purchase: Purchase | null;
}

/** People who come at a steady rate, whatever became of those before them. */
export interface Traffic {
  readonly visits: readonly Visit[];
  /** Whoever comes from now on comes in this phase. */
  enter(phase: string): void;
  readonly phase: string;
  /** So many buyers more, at once. */
  burst(count: number): void;
  /** Nobody comes any more; resolves when all have been answered. */
  stop(): Promise<void>;
}

/** Visits per second. */
export type Rates = Readonly<Record<Route, number>>;

export function startTraffic(counter: Counter<'tok_ok'>, rates: Rates): Traffic {
  const visits: Visit[] = [];
  const open = new Set<Promise<void>>();
  let [phase, stopped] = ['calm', false];

  function come(route: Route, dueAt: number): void {
    const then = phase;
    const coming: Promise<void> = visit(counter, route)
      .then(({ failure, purchase }) => {
        visits.push({ route, phase: then, latencyMs: performance.now() - dueAt, failure, purchase });
      })
      .finally(() => open.delete(coming));
    open.add(coming);
  }

  async function arrive(route: Route): Promise<void> {
    const startedAt = performance.now();
    for (let arrivals = 0; !stopped; arrivals++) {
      // By the clock and not by the last arrival: who is late has waited.
      const dueAt = startedAt + ((arrivals + counter.random.next()) * 1_000) / rates[route];
      await pause(Math.max(0, dueAt - performance.now()));
      if (!stopped) come(route, dueAt);
    }
  }

  const arriving = Promise.all(routes.filter((route) => rates[route] > 0).map(arrive));
  return {
    visits,
    enter: (next) => void (phase = next),
    get phase() {
      return phase;
    },
    burst(count) {
      for (let left = count; left > 0; left--) come('checkout', performance.now());
    },
    async stop() {
      stopped = true;
      await arriving;
      await Promise.all(open);
    },
  };
}

async function visit(counter: Counter<'tok_ok'>, route: Route): Promise<Pick<Visit, 'failure' | 'purchase'>> {
  if (route === 'checkout') {
    const { purchase, attempt } = await counter.buy('tok_ok');
    if (attempt.outcome === 'accepted') return { failure: null, purchase };
    const lost = attempt.outcome === 'unknown' ? attempt.lost : null;
    return { failure: lost ?? attempt.codes.join(', '), purchase };
  }
  const graph = counter.random.pick(counter.graphs);
  try {
    const { errors } =
      route === 'catalogue'
        ? await graph.send('ProductList', { first: 20 })
        : await graph.send('CartLinesAdd', {
            input: { lines: [{ variantId: counter.random.pick(asSome(counter.variantIds)), quantity: 1 }] },
          });
    return { failure: errors.length === 0 ? null : errors.map(({ extensions }) => extensions?.code ?? '').join(', '), purchase: null };
  } catch (error) {
    return { failure: error instanceof Error ? (error.message.split('\n').at(-1) ?? '').trim() : String(error), purchase: null };
  }
}

function asSome<T>([first, ...others]: readonly T[]): readonly [T, ...T[]] {
  if (first === undefined) throw new RangeError('there is nothing to choose from');
  return [first, ...others];
}
