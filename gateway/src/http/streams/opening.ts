import { context } from '@opentelemetry/api';
import type { Logger } from '@tally/runtime';
import { ClientGoneError, DeadlineError } from '../../execution/fetch-from-subgraph.ts';
import { StreamRefusedError } from '../../subscriptions/stream.ts';
import type { GatewayTelemetry } from '../../telemetry.ts';
import { finishRequest, rejectionOf } from '../finish-request.ts';
import { createMask } from '../../masking.ts';
import { openScope, withinScope, type RequestScope } from '../request-scope.ts';
import { refusedBy } from './refused.ts';

/** Where an opening comes from. */
export interface OpeningFacts {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly address: string;
  /** Aborted at the deadline, and by the protocol when the client has left. */
  readonly leaving: AbortController;
}

/** How an opening went. Whatever it failed of is in the form that clients get. */
export type Opened<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refused: StreamRefusedError };

/** Nobody is there to be answered, and nothing is wrong. */
const clientGone = 499;

const isGone = ({ reason }: AbortSignal): boolean => reason instanceof ClientGoneError;

/** Runs the opening of a stream as a request of its own: with a trace, a deadline and a place in the metrics. Never rejects. */
export type Opening = <T>(facts: OpeningFacts, work: (scope: RequestScope) => Promise<T>) => Promise<Opened<T>>;

export function createOpening(options: {
  readonly telemetry: GatewayTelemetry;
  readonly deadlineMs: number;
  readonly logger: Logger;
}): Opening {
  const { telemetry, deadlineMs, logger } = options;
  const mask = createMask(logger);
  return async ({ headers, address, leaving }, work) => {
    const startedAt = performance.now();
    const deadline = setTimeout(() => {
      leaving.abort(new DeadlineError('the stream took too long to open'));
    }, deadlineMs);
    const scope = openScope(telemetry.tracer, { headers, address, signal: leaving.signal });
    scope.type = 'subscription';
    let status = 200;
    try {
      return { ok: true, value: await context.with(scope.facts.trace, () => withinScope(scope, () => work(scope))) };
    } catch (error) {
      const refused = refusedBy(error, scope, mask);
      status = isGone(leaving.signal) ? clientGone : refused.status;
      // The engine has counted its own.
      if (!(error instanceof StreamRefusedError)) telemetry.requestRejected(rejectionOf(scope));
      return { ok: false, refused };
    } finally {
      clearTimeout(deadline);
      finishRequest(telemetry, scope, status, startedAt);
    }
  };
}
