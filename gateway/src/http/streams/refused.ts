import { formattedOf, httpOf, type Mask } from '../../masking.ts';
import { Refusal } from '../../refusal.ts';
import { StreamRefusedError } from '../../subscriptions/stream.ts';
import { isWireCode } from '@tally/runtime';
import type { RequestScope } from '../request-scope.ts';

/** What a client is told when its stream is not opened, for whatever reason; the scope learns the reason too. */
export function refusedBy(error: unknown, scope: RequestScope, mask: Mask): StreamRefusedError {
  if (error instanceof StreamRefusedError) {
    const code = error.errors[0]?.extensions?.['code'];
    scope.code ??= isWireCode(code) ? code : 'INTERNAL';
    return error;
  }
  const masked = mask(formattedOf(error), error, scope.facts.traceId);
  scope.code ??= masked.code;
  if (error instanceof Refusal) scope.rejected ??= error.reason;
  return new StreamRefusedError({ ...(httpOf(error) ?? { status: 500 }), errors: [masked.error] });
}
