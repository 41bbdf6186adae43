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

/** The context a row was written in; the root context when it has none or no tracing is installed. */
export function contextOf({ traceparent, tracestate }: Carried): Context {
  if (traceparent === null) return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, tracestate === null ? { traceparent } : { traceparent, tracestate });
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
  const span = trace.getTracer('@tally/messaging').startSpan(name, { kind, links, attributes: values }, parent);
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
