import { metrics, ROOT_CONTEXT, SpanKind, trace, type Span } from '@opentelemetry/api';
import type { Overflow } from '../supergraph/topic-bindings.ts';
import type { LiveEvent } from './live-event.ts';
import type { EndReason, Stream, StreamProtocol } from './stream.ts';

/** Why the owner of the data was asked for what a stream lacks. Nothing but `open` and `resume` happens while all goes well. */
export type ReplayCause = 'open' | 'resume' | 'gap' | 'return' | 'behind';

export type AnyEnd = EndReason | Parameters<Stream['close']>[0];

/** One function per thing that happens; labels are bounded. Made after the SDK has started, since instruments made before it count nowhere. */
export interface StreamTelemetry {
  opened(protocol: StreamProtocol): void;
  ended(protocol: StreamProtocol, reason: AnyEnd): void;
  /** @param seconds from the event to its writing. */
  pushed(seconds: number): void;
  replayed(cause: ReplayCause): void;
  overflowed(policy: Overflow): void;
  /** One record of a topic was read: the position of this process on the log has moved by one. */
  recordRead(topic: string): void;
  /** The span of one event on its way to those who share a pipeline; linked to the trace that wrote it. */
  startPush(field: string, event: LiveEvent): Span;
}

const pushBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createStreamTelemetry(): StreamTelemetry {
  const meter = metrics.getMeter('tally.gateway');
  const tracer = trace.getTracer('tally.gateway');
  const open: Record<StreamProtocol, number> = { websocket: 0, sse: 0, multipart: 0 };
  meter.createObservableGauge('gateway_subscriptions_active', { description: 'Open subscriptions' }).addCallback((result) => {
    for (const [protocol, count] of Object.entries(open)) result.observe(count, { protocol });
  });
  const ends = meter.createCounter('gateway_subscriptions_ended_total', { description: 'Subscriptions that have ended' });
  const pushSeconds = meter.createHistogram('gateway_push_seconds', {
    unit: 's',
    description: 'From an event to its writing to one subscriber',
    advice: { explicitBucketBoundaries: pushBuckets },
  });
  const replays = meter.createCounter('gateway_replays_total', { description: 'Pages of events asked of their owners' });
  const read = meter.createCounter('gateway_feed_records_total', { description: 'Records of the event log read, by topic' });
  const overflows = meter.createCounter('gateway_overflow_total', { description: 'Queues of slow subscribers that were full' });
  return {
    opened(protocol) {
      open[protocol] += 1;
    },
    ended(protocol, reason) {
      open[protocol] -= 1;
      ends.add(1, { reason });
    },
    pushed(seconds) {
      pushSeconds.record(seconds);
    },
    replayed(cause) {
      replays.add(1, { cause });
    },
    overflowed(policy) {
      overflows.add(1, { policy });
    },
    recordRead(topic) {
      read.add(1, { topic });
    },
    startPush: (field, event) => tracer.startSpan(`push ${field}`, { kind: SpanKind.PRODUCER, links: event.links() }, ROOT_CONTEXT),
  };
}
