import { propagation, ROOT_CONTEXT, trace, type Link } from '@opentelemetry/api';
import type { DeliveredRecord } from '@tally/messaging';
import type { EventRoot } from '../execution/execute.ts';
import { sequenceField } from '../supergraph/topic-bindings.ts';

/** A record of the log that somebody listens for. Its text is parsed once, however many pipelines take it. */
export class LiveEvent {
  readonly record: DeliveredRecord;
  /** What its type declares: the data, and what the envelope knows better. `null`: the record holds no object (a tombstone). */
  readonly fields: Readonly<Record<string, unknown>> | null;

  constructor(record: DeliveredRecord) {
    this.record = record;
    const data = parsed(record.payload);
    this.fields = data === null ? null : { ...data, [sequenceField]: record.sequence, occurredAt: record.time.toISOString() };
  }

  /** The event as the answer to a Subscription field. */
  root(field: string): EventRoot {
    return { [field]: this.fields };
  }

  /** The text at a path of its data; `null` where there is none. */
  textAt(path: readonly string[]): string | null {
    let value: unknown = this.fields;
    for (const name of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return typeof value === 'string' ? value : null;
  }

  /** To the trace that wrote it. */
  links(): Link[] {
    const { traceparent, tracestate } = this.record;
    if (traceparent === null) return [];
    const context = trace.getSpanContext(
      propagation.extract(ROOT_CONTEXT, tracestate === null ? { traceparent } : { traceparent, tracestate }),
    );
    return context === undefined ? [] : [{ context }];
  }
}

function parsed(payload: string): Readonly<Record<string, unknown>> | null {
  try {
    const data: unknown = JSON.parse(payload);
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
