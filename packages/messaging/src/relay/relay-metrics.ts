import { meter } from '../instruments.ts';
import type { OutboxHealth } from './outbox-rows.ts';

/** The instruments of one relay. */
export interface RelayMetrics extends Disposable {
  published(topic: string, rows: number): void;
}

/**
 * Registers the relay's instruments; disposal takes its gauges off again.
 *
 * @param health asked at each collection while this relay is the active one; `null`: not known now.
 */
export function createRelayMetrics(outbox: string, active: () => boolean, health: () => Promise<OutboxHealth | null>): RelayMetrics {
  const own = meter();
  const published = own.createCounter('outbox_published_total', { description: 'Rows that reached the event log.' });
  const isActive = own.createObservableGauge('relay_active', {
    description: '1 where the relay of an outbox is at work, 0 where it stands by.',
  });
  const pending = own.createObservableGauge('outbox_pending', { description: 'Rows not yet published, parked ones included.' });
  const oldest = own.createObservableGauge('outbox_oldest_unpublished_seconds', {
    unit: 's',
    description: 'Age of the oldest row that should travel.',
  });
  const parked = own.createObservableGauge('outbox_parked', { description: 'Rows that the log refused for good.' });
  const gauges = [isActive, pending, oldest, parked];
  const labels = { outbox };
  const observe: Parameters<typeof own.addBatchObservableCallback>[0] = async (result) => {
    result.observe(isActive, active() ? 1 : 0, labels);
    const now = active() ? await health() : null;
    if (now === null) return;
    result.observe(pending, now.pending, labels);
    result.observe(oldest, now.oldestSeconds, labels);
    result.observe(parked, now.parked, labels);
  };
  own.addBatchObservableCallback(observe, gauges);
  return {
    published: (topic, rows) => published.add(rows, { topic }),
    [Symbol.dispose]: () => own.removeBatchObservableCallback(observe, gauges),
  };
}
