import { newId, type Id } from '@tally/kernel';
import type { z } from 'zod';
import type { Sequence } from './sequence.ts';
import { topics, type Topic } from './topics.ts';

type Messages<T extends Topic> = (typeof topics)[T]['messages'];

/** The type of a message that may travel on a topic. */
export type MessageType<T extends Topic = Topic> = T extends Topic ? keyof Messages<T> & string : never;

type SchemaOf<M extends string> = { [T in Topic]: M extends keyof Messages<T> ? Messages<T>[M] : never }[Topic];

/** The body of a message type, as parsed. */
export type MessageData<M extends MessageType> = SchemaOf<M> extends infer S extends z.ZodType ? z.infer<S> : never;

/** A reply of one topic, discriminated by `type`. */
export type CommandReply<T extends Topic> = { [M in MessageType<T>]: { readonly type: M; readonly data: MessageData<M> } }[MessageType<T>];

/** The schema of every message, by type; type names are unique over all topics. */
export const messageSchemas: ReadonlyMap<string, { readonly topic: Topic; readonly schema: z.ZodType }> = new Map(
  (Object.keys(topics) as Topic[]).flatMap((topic) =>
    Object.entries(topics[topic].messages).map(([type, schema]) => [type, { topic, schema: schema as z.ZodType }] as const),
  ),
);

/** An event as a writer hands it to its outbox. `sequence` comes from the row it locked. */
export interface OutgoingEvent {
  readonly id: Id<'evt'>;
  readonly topic: string;
  readonly type: string;
  /** The aggregate's id in its prefixed spelling: all events of one key keep their order. */
  readonly key: string;
  readonly sequence: Sequence;
  readonly data: unknown;
}

/** Makes an event of the catalogue; the compiler holds body and topic together. */
export function outgoing<T extends Topic, M extends MessageType<T>>(
  topic: T,
  type: M,
  event: { readonly key: string; readonly sequence: Sequence; readonly data: MessageData<M> },
): OutgoingEvent {
  return { id: newId('evt'), topic, type, key: event.key, sequence: event.sequence, data: event.data };
}

/** An event as a consumer sees it: envelope attributes of CloudEvents 1.0, body parsed by its schema. */
export interface ReceivedEvent<M extends MessageType = MessageType> {
  readonly id: Id<'evt'>;
  readonly topic: string;
  readonly type: M;
  readonly key: string;
  readonly sequence: number;
  /** When the writer recorded it, from its database. */
  readonly time: Date;
  readonly traceparent: string | null;
  readonly data: MessageData<M>;
}

/** A record that cannot be read: unknown type, wrong topic, no JSON, or a body its schema refuses. Never retryable: the key is parked. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
  readonly retryable = false;
}

/**
 * Reads the body of a record.
 *
 * @param payload UTF-8 JSON text.
 * @throws {UnreadableEventError} the type is not in the catalogue of that topic, or the body breaks its schema.
 */
export function decode(topic: string, type: string, payload: string): unknown {
  const known = messageSchemas.get(type);
  if (known === undefined || known.topic !== topic) throw new UnreadableEventError(`no message ${type} on ${topic}`);
  let body: unknown;
  try {
    body = JSON.parse(payload);
  } catch (cause) {
    throw new UnreadableEventError(`${type} is no JSON`, { cause });
  }
  const parsed = known.schema.safeParse(body);
  if (!parsed.success)
    throw new UnreadableEventError(
      `${type} breaks its schema: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`,
    );
  return parsed.data;
}
