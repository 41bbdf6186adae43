import { SpanKind, type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { decode, type MessageData, type MessageType, type ReceivedEvent } from '@tally/events';
import type { Handlers } from '../consumer.ts';
import type { DeliveredRecord } from '../event-log.ts';
import { attributes, contextOf, inSpan, linksTo } from '../trace-context.ts';

/** Records older than this are processed in a trace of their own that links to theirs; milliseconds. */
const childUpToMs = 600_000;

/**
 * Makes the function that takes one record to its handler, inside a span.
 *
 * @returns `skipped` for a type without a handler.
 * @throws {UnreadableEventError} the body cannot be read. Else what the handler throws.
 */
export function createRecordHandler(group: string, handlers: Handlers): (record: DeliveredRecord) => Promise<'handled' | 'skipped'> {
  const byType = new Map<string, (event: ReceivedEvent) => Promise<void>>();
  for (const [type, handler] of Object.entries(handlers)) byType.set(type, handler as (event: ReceivedEvent) => Promise<void>);

  return async (record) => {
    const handler = byType.get(record.type);
    if (handler === undefined) return 'skipped';
    const { topic, key, sequence, time, traceparent } = record;
    const described = {
      [attributes.system]: 'tally',
      [attributes.destination]: topic,
      [attributes.group]: group,
      [attributes.partition]: String(record.partition),
      [attributes.offset]: record.position,
      [attributes.key]: key,
      [attributes.messageId]: record.eventId,
      [attributes.messageType]: record.type,
    };
    return inSpan(
      `process ${topic}`,
      { kind: SpanKind.CONSUMER, ...origin(record), attributes: described },
      async (): Promise<'handled'> => {
        const data = decode(topic, record.type, record.payload) as MessageData<MessageType>;
        await handler({ id: record.eventId, topic, type: record.type as MessageType, key, sequence, time, traceparent, data });
        return 'handled';
      },
    );
  };
}

function origin(record: DeliveredRecord): { parent: Context; links: ReturnType<typeof linksTo> } {
  if (Date.now() - record.time.getTime() < childUpToMs) return { parent: contextOf(record), links: [] };
  return { parent: ROOT_CONTEXT, links: linksTo([record]) };
}
