import {
  context,
  propagation,
  ROOT_CONTEXT,
  type SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api';

/** Attribute names of the messaging conventions, which still move: here and nowhere else. @see OpenTelemetry semantic conventions, messaging */
export const attributes = {
  system: 'messaging.system',
  destination: 'messaging.destination.name',
  batchSize: 'messaging.batch.message_count',
  group: 'messaging.consumer.group.name',
  partition: 'messaging.destination.partition.id',
  messageId: 'messaging.message.id',
  key: 'messaging.kafka.message.key',
  offset: 'messaging.kafka.offset',
  messageType: 'messaging.message.type',
} as const;

/** Trace context as it travels in rows and records (W3C Trace Context). */
export interface Carried {
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** The trace context of the caller, to be kept with what it started; nulls without one. */
export function carriedTrace(): Carried {
  const carrier: { traceparent?: string; tracestate?: string } = {};
  propagation.inject(context.active(), carrier);
  return { traceparent: carrier.traceparent ?? null, tracestate: carrier.tracestate ?? null };
}

/** The context a row was written in; the root context when it has none or no tracing is installed. */
export function contextOf({ traceparent, tracestate }: Carried): Context {
  if (traceparent === null) return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, tracestate === null ? { traceparent } : { traceparent, tracestate });
}

/**
 * Runs `work` in a span of the trace that a row carries; where it carries none, of the caller's.
 *
 * @param tracer named after the subgraph.
 */
export function inCarriedSpan<T>(
  tracer: Tracer,
  name: string,
  carried: Carried,
  values: Readonly<Record<string, string | number>>,
  work: () => Promise<T>,
): Promise<T> {
  const parent = carried.traceparent === null ? context.active() : contextOf(carried);
  return spanned(tracer.startSpan(name, { attributes: values }, parent), parent, work);
}

/** Links to the contexts of the rows, without repeats. */
export function linksTo(rows: readonly Carried[]): Link[] {
  const links = new Map<string, Link>();
  for (const row of rows) {
    if (row.traceparent === null || links.has(row.traceparent)) continue;
    const spanContext = trace.getSpanContext(contextOf(row));
    if (spanContext !== undefined) links.set(row.traceparent, { context: spanContext });
  }
  return [...links.values()];
}

/** Runs `work` inside a span that ends with it; what `work` throws is recorded and thrown on. */
export async function inSpan<T>(
  name: string,
  options: {
    readonly kind: SpanKind;
    readonly parent: Context;
    readonly links: Link[];
    readonly attributes: Readonly<Record<string, string | number>>;
  },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { kind, parent, links, attributes: values } = options;
  return await spanned(trace.getTracer('@tally/messaging').startSpan(name, { kind, links, attributes: values }, parent), parent, work);
}

async function spanned<T>(span: Span, parent: Context, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    if (error instanceof Error) span.recordException(error);
    throw error;
  } finally {
    span.end();
  }
}
