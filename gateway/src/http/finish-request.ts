import { SpanStatusCode } from '@opentelemetry/api';
import type { GatewayTelemetry, Outcome } from '../telemetry.ts';
import type { RequestScope } from './request-scope.ts';

/** Counts a request that has been answered with this status, and ends its span. @param startedAt of `performance.now()`. */
export function finishRequest(telemetry: GatewayTelemetry, scope: RequestScope, status: number, startedAt: number): Outcome {
  const outcome = outcomeOf(scope, status);
  telemetry.requestAnswered({ operation: scope.operation, type: scope.type, outcome, seconds: (performance.now() - startedAt) / 1000 });
  scope.span.updateName(scope.type);
  scope.span.setAttributes({ 'graphql.operation.type': scope.type, 'graphql.operation.name': scope.operation });
  if (outcome === 'failed') scope.span.setStatus({ code: SpanStatusCode.ERROR });
  scope.span.end();
  return outcome;
}

/** Why a request was refused; a label of `gateway_rejected_total`. */
export const rejectionOf = ({ rejected, code }: RequestScope): string => rejected ?? code?.toLowerCase() ?? 'bad_request';

function outcomeOf({ code }: RequestScope, status: number): Outcome {
  if (status >= 500) return 'failed';
  if (status >= 400) return 'refused';
  return code === null ? 'ok' : 'partial';
}
