import type { Logger } from '@tally/runtime';
import type { GraphQLFormattedError } from 'graphql';
import { createMask as createMaskOfAll } from '../masking.ts';
import { Refusal } from '../refusal.ts';
import { currentScope } from './request-scope.ts';

/** The formatter of Apollo Server: the mask of all protocols, with the trace id of the request being handled, which learns how it went. */
export function createMask(logger: Logger): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  const mask = createMaskOfAll(logger);
  return (formatted, error) => {
    const scope = currentScope();
    const masked = mask(formatted, error, scope?.facts.traceId);
    if (scope !== undefined) {
      scope.code ??= masked.code;
      if (error instanceof Refusal) scope.rejected ??= error.reason;
    }
    return masked.error;
  };
}
