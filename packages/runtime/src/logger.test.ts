import { trace, context } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { startTelemetry } from './telemetry.ts';

const lineOf = (write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> => {
  const lines: string[] = [];
  write(createLogger({ service: 'test', write: (line) => lines.push(line) }));
  return JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
};

test('secrets do not leave, at any of three levels', () => {
  const line = JSON.stringify(
    lineOf((log) => {
      log.info({ password: 'hunter2', user: { email: 'a@b.c' }, request: { headers: { authorization: 'Bearer abc' } } }, 'x');
    }),
  );
  expect(line).not.toMatch(/hunter2|a@b\.c|Bearer abc/);
  expect(line).toContain('[redacted]');
});

test('a line within a span carries its trace', async () => {
  await using _telemetry = startTelemetry({ service: 'test' });
  const span = trace.getTracer('test').startSpan('work');
  const line = context.with(trace.setSpan(context.active(), span), () =>
    lineOf((log) => {
      log.info({}, 'x');
    }),
  );
  expect(line).toMatchObject({ service: 'test', level: 'info', trace_id: span.spanContext().traceId, span_id: span.spanContext().spanId });
});
