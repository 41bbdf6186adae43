import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from '@tally/testkit';
import { toUuid, type Id } from '@tally/kernel';

/** What was seen in some time. */
export interface StockSamples {
  readonly samples: number;
  /** Stock rows in each of them. */
  readonly rows: number;
  readonly longestGapMs: number;
  /** What must not be, in words. */
  readonly faults: readonly string[];
}

/** Somebody who looks at every stock row beside the running system. */
export interface StockWatch {
  /** From now on it is looked at, too, that no more than so many of these are there. */
  expect(variantId: Id<'var'>, units: number): void;
  /** What was seen since the last call. */
  report(): StockSamples;
  stop(): Promise<void>;
}

const everyMs = 50;

const look = `SELECT count(*)::int AS rows, min(available) AS available, min(reserved) AS reserved,
  (SELECT count(*)::int FROM jsonb_to_recordset($1::jsonb) AS expected(id uuid, units int)
    JOIN products.stock there ON there.variant_id = expected.id WHERE there.available + there.reserved > expected.units) AS invented
FROM products.stock`;

/** Samples `available` and `reserved` of every row, 50 ms apart, until it is stopped. @param sql as the auditor. */
export function watchStock(sql: Sql): StockWatch {
  const expected: { readonly id: string; readonly units: number }[] = [];
  let [samples, rows, longestGapMs, lastAt] = [0, 0, 0, performance.now()];
  let faults: string[] = [];
  let stopped = false;

  async function run(): Promise<void> {
    while (!stopped) {
      const dueAt = performance.now() + everyMs;
      const seen = await sql.row(look, [JSON.stringify(expected)]);
      const [available, reserved, invented] = [Number(seen['available']), Number(seen['reserved']), Number(seen['invented'])];
      const now = performance.now();
      longestGapMs = Math.max(longestGapMs, now - lastAt);
      lastAt = now;
      samples += 1;
      rows = Number(seen['rows']);
      if (available < 0 || reserved < 0)
        faults.push(`a sample has ${String(available)} available, ${String(reserved)} reserved at the lowest`);
      if (invented > 0) faults.push(`a sample has ${String(invented)} rows with more units than there ever were`);
      await pause(Math.max(0, dueAt - performance.now()));
    }
  }

  const running = run().catch((error: unknown) => {
    faults.push(`sampling failed: ${error instanceof Error ? error.message : String(error)}`);
  });
  return {
    expect: (variantId, units) => void expected.push({ id: toUuid(variantId), units }),
    report() {
      const seen = { samples, rows, longestGapMs, faults };
      [samples, longestGapMs, faults] = [0, 0, []];
      return seen;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** A sample may be late on a machine that is busy, but not by more; milliseconds. What was between two is told by the stock ledger (I3). */
const longestAllowedGapMs = 5_000;

/** Samples in words, and what must not be. */
export function judgeSamples({ samples, rows, longestGapMs, faults }: StockSamples): {
  readonly figure: string;
  readonly faults: readonly string[];
} {
  const late = samples === 0 || longestGapMs > longestAllowedGapMs ? [`no sample of the stock for ${longestGapMs.toFixed(0)} ms`] : [];
  return {
    figure: `stock: ${String(samples)} samples of ${String(rows)} rows, longest gap ${longestGapMs.toFixed(0)} ms`,
    faults: [...faults, ...late],
  };
}
