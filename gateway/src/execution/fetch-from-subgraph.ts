import type { Caller } from '@tally/identity';
import type { RequestFacts } from './execute.ts';

/** One operation for one subgraph. */
export interface SubgraphFetch {
  readonly subgraph: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** A mutation is never sent twice, and never abandoned because its client left. */
  readonly mutation: boolean;
  readonly caller: Caller;
  readonly facts: RequestFacts;
}

/** An error of a subgraph, as it came. */
export interface SubgraphAnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What a subgraph said. `data` is owned by the receiver, who may change it. */
export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphAnswerError[];
}

/**
 * Port: asks one subgraph on behalf of one caller.
 *
 * @throws {SubgraphError} there is no answer.
 */
export type FetchFromSubgraph = (fetch: SubgraphFetch) => Promise<SubgraphAnswer>;

/** `SUBGRAPH_UNAVAILABLE`: not reached, or not understood. `TIMEOUT`: too late. `INTERNAL`: it failed. `cause` is for the log only. */
export type SubgraphFault = 'SUBGRAPH_UNAVAILABLE' | 'TIMEOUT' | 'INTERNAL';

export class SubgraphError extends Error {
  override readonly name = 'SubgraphError';
  readonly code: SubgraphFault;
  constructor(code: SubgraphFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Why a request's signal was aborted: nobody waits for the answer any more. Nothing is wrong. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** Why a request's signal was aborted: its time is up. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}
