/** What an answer said about the price of a variant, or the highest of a product. Minor units. */
export interface SeenPrice {
  readonly id: string;
  readonly price: number;
}

/** Who looks: the one who made the change, somebody else meanwhile, or anybody once all is quiet. */
export type Looker = 'writer' | 'others' | 'afterwards';

/** An answer that was older than what had been acknowledged when it was asked for. */
export interface StalePrice extends SeenPrice {
  readonly looker: Looker;
  readonly acknowledged: number;
}

/** Prices as they were acknowledged. They only rise, so that a lower one is an older one. */
export interface PriceWatch {
  /** From now on whoever asks must see this price, or a later one. */
  acknowledge(id: string, price: number): void;
  /** Comes before a question; what it gives takes the answer. Prices of which nothing was acknowledged by then are not checked. */
  look(looker: Looker): (answer: readonly SeenPrice[]) => void;
  /** How many prices were compared. */
  readonly checks: Readonly<Record<Looker, number>>;
  readonly stale: readonly StalePrice[];
}

export function createPriceWatch(): PriceWatch {
  const prices = new Map<string, number>();
  const checks = { writer: 0, others: 0, afterwards: 0 };
  const stale: StalePrice[] = [];
  return {
    checks,
    stale,
    acknowledge: (id, price) => void prices.set(id, Math.max(price, prices.get(id) ?? 0)),
    look(looker) {
      const due = new Map(prices);
      return (answer) => {
        for (const { id, price } of answer) {
          const acknowledged = due.get(id);
          if (acknowledged === undefined) continue;
          checks[looker] += 1;
          if (price < acknowledged) stale.push({ id, price, looker, acknowledged });
        }
      };
    },
  };
}

/** @throws {Error} there was a stale answer, or one of the lookers saw nothing that could have been one. */
export function assertFresh({ checks, stale }: PriceWatch): void {
  const all = checks.writer + checks.others + checks.afterwards;
  const [first] = stale;
  if (first !== undefined)
    throw new Error(
      `${String(stale.length)} of ${String(all)} prices were stale; the first: ${first.id} cost ${String(first.price)} (${first.looker}) after ${String(first.acknowledged)} was acknowledged`,
    );
  for (const [looker, count] of Object.entries(checks)) if (count === 0) throw new Error(`no price was checked: ${looker}`);
}
