import type { Context } from '@opentelemetry/api';
import type { Caller } from '@tally/identity';
import type { ExecutionResult } from 'graphql';
import type { GraphOperation } from '../planning/operation.ts';

/** What is known of one client request besides its operation. */
export interface RequestFacts {
  /** Trace context whose active span is the request. */
  readonly trace: Context;
  /** Hexadecimal, 32 digits; also in every error the client gets. */
  readonly traceId: string;
  /** Aborted at the request's deadline (reason: `DeadlineError`), or when the client has left and may safely be forgotten (`ClientGoneError`). */
  readonly signal: AbortSignal;
}

/** One operation to execute. */
export interface Execution {
  readonly operation: GraphOperation;
  /** As the client sent them; they have been checked against the operation's definitions. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly facts: RequestFacts;
  /** What answers the fetches from virtual subgraphs: the event at hand, by name of its Subscription field. */
  readonly event?: EventRoot;
}

/** An event by the name of its Subscription field. */
export type EventRoot = Readonly<Record<string, unknown>>;

/**
 * The seam of the execution engine: operation (with its generation), variables, identity and request facts in, a GraphQL result out. Whatever goes
 * wrong in a subgraph is an entry of `errors`, never an exception.
 */
export type Execute = (execution: Execution) => Promise<ExecutionResult>;
