import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { formattedOf, type Mask } from '../masking.ts';
import type { Keyed } from './bounded-queue.ts';
import type { StreamResult } from './stream.ts';

/** A result on its way to subscribers, who share it. */
export interface QueuedResult extends StreamResult, Keyed {
  /** Of the event, in the stream of its key. */
  readonly number: number;
  /** When the event happened, in milliseconds since 1970; `null` for one that was replayed. */
  readonly happenedAt: number | null;
  /** Who the event belongs to, where its binding says so. */
  readonly owner: string | null;
}

/** Execution result → text for the client. */
export function toPayload(data: unknown, errors: readonly GraphQLFormattedError[]): Buffer {
  return Buffer.from(JSON.stringify(errors.length === 0 ? { data } : { errors, data }));
}

/** @param traceId a function, since it costs something where nothing records. */
export function maskedErrors({ errors = [] }: ExecutionResult, mask: Mask, traceId: () => string): readonly GraphQLFormattedError[] {
  if (errors.length === 0) return [];
  const id = traceId();
  return errors.map((error) => mask(formattedOf(error), error, id).error);
}
