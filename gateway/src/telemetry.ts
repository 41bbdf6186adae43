import { metrics, trace, type Tracer } from '@opentelemetry/api';

/** How a request ended. `refused`: nothing ran. `partial`: data and errors. `failed`: neither data nor the caller's mistake. */
export type Outcome = 'ok' | 'partial' | 'refused' | 'failed';

/** One function per thing that happens; labels are bounded. Made after the SDK has started, since instruments made before it count nowhere. */
export interface GatewayTelemetry {
  readonly tracer: Tracer;
  requestAnswered(request: {
    readonly operation: string;
    readonly type: string;
    readonly outcome: Outcome;
    readonly seconds: number;
  }): void;
  requestRejected(reason: string): void;
  rateLimited(bucket: string): void;
  planLookedUp(result: 'hit' | 'miss'): void;
  planMade(seconds: number): void;
  subgraphFetched(subgraph: string, result: 'ok' | 'error' | 'abandoned', seconds: number): void;
}

const seconds = {
  unit: 's',
  advice: { explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2.5, 5, 10] },
};

export function createGatewayTelemetry(): GatewayTelemetry {
  const meter = metrics.getMeter('tally.gateway');
  const requests = meter.createCounter('gateway_requests_total', { description: 'Client requests' });
  const requestSeconds = meter.createHistogram('gateway_request_seconds', {
    ...seconds,
    description: 'Client requests, from body to answer',
  });
  const planSeconds = meter.createHistogram('gateway_plan_seconds', {
    ...seconds,
    description: 'Planning of operations not planned before',
  });
  const planCache = meter.createCounter('gateway_plan_cache_total', { description: 'Look-ups in the plan cache' });
  const fetchSeconds = meter.createHistogram('gateway_fetch_seconds', { ...seconds, description: 'Fetches from subgraphs' });
  const fetches = meter.createCounter('gateway_fetches_total', { description: 'Fetches from subgraphs' });
  const rejected = meter.createCounter('gateway_rejected_total', { description: 'Requests turned away before anything was fetched' });
  const limited = meter.createCounter('rate_limited_total', { description: 'Attempts beyond a rate limit' });
  return {
    tracer: trace.getTracer('tally.gateway'),
    requestAnswered({ operation, type, outcome, seconds: elapsed }) {
      requests.add(1, { operation, type, outcome });
      requestSeconds.record(elapsed);
    },
    requestRejected(reason) {
      rejected.add(1, { reason });
    },
    rateLimited(bucket) {
      limited.add(1, { bucket });
    },
    planLookedUp(result) {
      planCache.add(1, { result });
    },
    planMade(elapsed) {
      planSeconds.record(elapsed);
    },
    subgraphFetched(subgraph, result, elapsed) {
      fetches.add(1, { subgraph, result });
      fetchSeconds.record(elapsed, { subgraph });
    },
  };
}
