import { createLogger } from '@tally/runtime';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { expect, test } from 'vitest';
import { isWireCode, wireCodes } from '@tally/runtime';
import { Refusal } from '../refusal.ts';
import { createMask } from './masking.ts';

function masked(
  error: GraphQLError,
  code: unknown = error.extensions['code'],
): { readonly out: GraphQLFormattedError; readonly log: readonly string[] } {
  const log: string[] = [];
  const mask = createMask(createLogger({ service: 'test', write: (line) => log.push(line) }));
  return { out: mask({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error), log };
}

test.each(wireCodes.filter((code) => code !== 'INTERNAL'))('%s passes with its message and path', (code) => {
  const error = new GraphQLError('said', {
    path: ['a', 1],
    extensions: { code, stacktrace: ['at x'], serviceName: 's', response: { body: 'b' }, argument: 'id' },
  });

  const { out, log } = masked(error);

  expect(out).toEqual({ message: 'said', path: ['a', 1], extensions: { code, argument: 'id' } });
  expect(log).toEqual([]);
});

test.each([undefined, 'INTERNAL', 'INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR', 'P2002', 7, 'toString', 'constructor'])(
  'a code outside the list (%s) is INTERNAL, with the details in the log only',
  (code) => {
    const error = new GraphQLError('SELECT secret FROM t at /srv/app.js:1', {
      path: ['a'],
      extensions: { exception: 'x', argument: 'id' },
    });

    const { out, log } = masked(error, code);

    expect(out).toEqual({ message: 'Something went wrong.', path: ['a'], extensions: { code: 'INTERNAL' } });
    expect(log.join()).toContain('SELECT secret');
  },
);

test('what Apollo Server refuses without a code of ours is the caller’s mistake', () => {
  const sha = new GraphQLError('provided sha does not match query', { extensions: { http: { status: 400 } } });

  expect(masked(sha, 'INTERNAL_SERVER_ERROR').out.extensions).toEqual({ code: 'BAD_REQUEST' });
  expect(masked(new GraphQLError('x'), 'OPERATION_RESOLUTION_FAILURE').out.extensions).toEqual({ code: 'BAD_REQUEST' });
});

test('a refusal says when to come back, in seconds for HTTP and milliseconds for GraphQL', () => {
  const refusal = new Refusal({ code: 'RATE_LIMITED', status: 429, message: 'm', reason: 'r', retryAfterMs: 1_200 });

  expect(refusal.extensions['http']).toEqual({ status: 429, headers: new Map([['retry-after', '2']]) });
  expect(masked(refusal).out.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterMs: 1_200 });
});

test('only the names of the list are codes', () => {
  expect(wireCodes.every(isWireCode)).toBe(true);
  expect([undefined, null, 'internal', 'toString'].some(isWireCode)).toBe(false);
});
