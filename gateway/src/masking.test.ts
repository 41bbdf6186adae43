import { createLogger } from '@tally/runtime';
import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { createMask, formattedOf, httpOf } from './masking.ts';
import { Refusal } from './refusal.ts';

const mask = createMask(createLogger({ service: 'test', write: () => undefined }));

test('outside a request the trace id is handed in', () => {
  const error = new GraphQLError('slow', { extensions: { code: 'SLOW_CONSUMER', lastSequence: 7, host: 'db-1' } });

  expect(mask(formattedOf(error), error, 't').error).toEqual({
    message: 'slow',
    extensions: { code: 'SLOW_CONSUMER', lastSequence: 7, traceId: 't' },
  });
});

test('what is no GraphQL error is INTERNAL', () => {
  const error = new TypeError('cannot read secret');

  expect(mask(formattedOf(error), error, undefined)).toEqual({
    code: 'INTERNAL',
    error: { message: 'Something went wrong.', extensions: { code: 'INTERNAL' } },
  });
});

test('a refusal says the status and the headers of an HTTP answer', () => {
  const refusal = new Refusal({ code: 'UNAUTHENTICATED', status: 401, message: 'm', reason: 'r' });

  expect(httpOf(refusal)).toEqual({ status: 401, headers: new Map([['www-authenticate', 'Bearer']]) });
  expect(httpOf(new GraphQLError('x'))).toBeUndefined();
});
