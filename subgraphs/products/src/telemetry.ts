import { metrics, trace, type Attributes, type ObservableCallback } from '@opentelemetry/api';
import type { Logger } from '@tally/runtime';
import type { ClaimState } from './domain/stock-claim.ts';

/** One function per business event: a count with few labels, an event on the active span, a line in the log. */
export interface Telemetry {
  /** ReserveStock was answered; `reason` says why not. */
  stockAnswered(orderId: string, state: ClaimState, reason: string | null): void;
  stockCommitted(orderId: string): void;
  stockReleased(orderId: string, reason: string): void;
  stockAdjusted(variantId: string, delta: number): void;
  catalogueChanged(productId: string, version: number): void;
  /** The first page of a search with words was read. */
  searched(found: boolean): void;
  /** So many rows were asked for by id and came from memory, from the database, or from the database because memory is not in use. */
  hotRead(kind: string, result: 'hit' | 'miss' | 'bypass', rows: number): void;
  /** So many rows were changed while they were read, and so not kept. */
  hotReadRefused(kind: string, rows: number): void;
  /** Asked at each scrape for the age in seconds of the oldest reservation, 0 without one; until disposed. */
  observeOldestReservation(readSeconds: () => Promise<number>): Disposable;
}

export function createTelemetry(logger: Logger): Telemetry {
  const meter = metrics.getMeter('tally.products');
  const counters = {
    answered: meter.createCounter('stock_reservations_total', { description: 'answers to ReserveStock, by state of the claim and reason' }),
    committed: meter.createCounter('stock_commits_total', { description: 'orders whose stock was sold' }),
    released: meter.createCounter('stock_releases_total', { description: 'orders whose stock was given back' }),
    adjusted: meter.createCounter('stock_adjustments_total', { description: 'changes of stock by staff' }),
    catalogue: meter.createCounter('catalogue_changes_total', { description: 'products created or changed' }),
    searches: meter.createCounter('catalogue_searches_total', {
      description: 'first pages of searches with words, by whether they found anything',
    }),
    hotReads: meter.createCounter('hot_reads_total', {
      description: 'rows of the catalogue asked for by id, by kind: hit, miss, or bypass while its events do not arrive',
    }),
    hotReadsRefused: meter.createCounter('hot_reads_refused_total', {
      description: 'rows not kept because they changed while they were read',
    }),
  };
  const tell = (name: string, fields: Attributes): void => {
    trace.getActiveSpan()?.addEvent(name, fields);
    logger.debug(fields, name);
  };
  return {
    stockAnswered(orderId, state, reason) {
      const fields = { state, reason: reason ?? 'none' };
      counters.answered.add(1, fields);
      tell('stock answered', { ...fields, order: orderId });
    },
    stockCommitted(orderId) {
      counters.committed.add(1);
      tell('stock committed', { order: orderId });
    },
    stockReleased(orderId, reason) {
      counters.released.add(1);
      tell('stock released', { order: orderId, reason });
    },
    stockAdjusted(variantId, delta) {
      counters.adjusted.add(1, { direction: delta > 0 ? 'in' : 'out' });
      tell('stock adjusted', { variant: variantId, delta });
    },
    catalogueChanged(productId, version) {
      counters.catalogue.add(1);
      tell('catalogue changed', { product: productId, version });
    },
    searched(found) {
      counters.searches.add(1, { found });
    },
    hotRead(kind, result, rows) {
      if (rows > 0) counters.hotReads.add(rows, { kind, result });
    },
    hotReadRefused(kind, rows) {
      if (rows > 0) counters.hotReadsRefused.add(rows, { kind });
    },
    observeOldestReservation(readSeconds) {
      const gauge = meter.createObservableGauge('stock_oldest_reservation_seconds', {
        description: 'age of the oldest order that holds stock; 0 without one',
      });
      const observe: ObservableCallback = async (result) => {
        result.observe(await readSeconds());
      };
      gauge.addCallback(observe);
      return {
        [Symbol.dispose]: () => {
          gauge.removeCallback(observe);
        },
      };
    },
  };
}
