import { context, trace } from '@opentelemetry/api';
import { startTelemetry } from '@tally/runtime';
import { GraphQLError, locatedError } from 'graphql';
import { expect, test } from 'vitest';
import { aListeningLogger } from '../test/listening-logger.ts';
import { notFound } from './errors.ts';
import { createMask, maskFault } from './masking.ts';

/** As graphql-js and Apollo Server hand an error over that a resolver threw. */
function masked(thrown: unknown) {
  const { logger, lines } = aListeningLogger();
  const located = locatedError(thrown, undefined, ['orders', 0, 'total']);
  const code = located.extensions['code'] ?? 'INTERNAL_SERVER_ERROR';
  const formatted = { ...located.toJSON(), extensions: { ...located.extensions, code, stacktrace: ['at /srv/app.ts'] } };
  return { answer: createMask(logger)(formatted, located), lines };
}

const transient = (text: string, code: string) => Object.assign(new Error(text), { code });

test('an error that was made for the wire passes with its code, without a stack', () => {
  const { answer, lines } = masked(notFound());
  expect(answer).toMatchObject({ message: 'Not found.', path: ['orders', 0, 'total'], extensions: { code: 'NOT_FOUND' } });
  expect(JSON.stringify(answer)).not.toContain('stack');
  expect(lines).toEqual([]);
});

test.each([
  ['an error of the program', new TypeError('cannot read buyer of undefined')],
  ['an error with SQL in it', new Error('syntax error at or near "SELEKT" in SELECT * FROM orders')],
  ['an error that names a code of the list itself', Object.assign(new Error('at 10.0.0.7'), { extensions: { code: 'NOT_FOUND' } })],
  ['an error that names a code of the caller’s mistakes', Object.assign(new Error('10.0.0.7'), { extensions: { code: 'BAD_USER_INPUT' } })],
  ['a GraphQL error with a code off the list', new GraphQLError('of 10.0.0.7', { extensions: { code: 'P2002' } })],
  ['a GraphQL error without a code', new GraphQLError('of 10.0.0.7')],
  ['a GraphQL error that says INTERNAL itself', new GraphQLError('of 10.0.0.7', { extensions: { code: 'INTERNAL', host: '10.0.0.7' } })],
])('%s is masked, and the log has all of it under the trace id of the answer', (_, error) => {
  const { answer, lines } = masked(error);

  const traceId = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
  expect(answer).toEqual({
    message: 'Something went wrong.',
    path: ['orders', 0, 'total'],
    extensions: { code: 'INTERNAL', traceId },
  });
  expect(lines).toMatchObject([
    {
      level: 'error',
      code: 'INTERNAL',
      trace_id: answer.extensions?.['traceId'],
      path: ['orders', 0, 'total'],
      err: { message: error.message, stack: expect.stringContaining('masking.test') as string },
    },
  ]);
});

test.each([
  ['a lost connection', new Error('Connection terminated unexpectedly')],
  ['an exhausted pool', new Error('timeout exceeded when trying to connect')],
  ['a lock waited for too long', transient('canceling statement due to lock timeout', '55P03')],
  ['a race lost five times', transient('could not serialize access', '40001')],
])('%s says that another try may help, and no more', (_, error) => {
  expect(masked(error).answer).toMatchObject({ message: 'Not available at the moment.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } });
});

test('what is thrown and no error at all is masked, too', () => {
  expect(masked('a text').answer).toMatchObject({ message: 'Something went wrong.', extensions: { code: 'INTERNAL' } });
});

test('within a trace the id is that of the trace', async () => {
  await using _telemetry = startTelemetry({ service: 'test' });
  const { logger, lines } = aListeningLogger();
  const span = trace.getTracer('test').startSpan('work');

  const answer = context.with(trace.setSpan(context.active(), span), () => maskFault(logger, new Error('x')));

  expect(answer.extensions?.['traceId']).toBe(span.spanContext().traceId);
  expect(lines).toMatchObject([{ trace_id: span.spanContext().traceId }]);
});
