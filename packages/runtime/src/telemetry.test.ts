import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, expect, test } from 'vitest';
import { startMetricsServer } from './metrics-server.ts';
import { startTelemetry, type Telemetry } from './telemetry.ts';

let held: Telemetry[] = [];
const started = (options: Parameters<typeof startTelemetry>[0]): Telemetry => {
  const telemetry = startTelemetry(options);
  held.push(telemetry);
  return telemetry;
};
afterEach(async () => {
  for (const telemetry of held) await telemetry[Symbol.asyncDispose]();
  held = [];
});

const isTracing = (): boolean => {
  const span = trace.getTracer('test').startSpan('probe');
  span.end();
  return span.spanContext().traceId !== '0'.repeat(32);
};

test('what is counted is in the text for Prometheus, with what the process itself is', async () => {
  const telemetry = started({ service: 'orders' });
  metrics.getMeter('test').createCounter('orders_placed_total', { description: 'orders' }).add(3, { kind: 'guest' });

  const text = await telemetry.metrics();

  expect(text).toMatch(/^orders_placed_total\{.*kind="guest".*\} 3( \d+)?$/m);
  expect(text).toMatch(/^nodejs_eventloop_delay_seconds/m);
  expect(text).toMatch(/^process_resident_memory_bytes\S* [1-9]/m);
  expect(text).toContain('service_name="orders"');
});

test('a span processor gets every span, under the name of the service', () => {
  const exporter = new InMemorySpanExporter();
  started({ service: 'orders', sampleRatio: 0, spanProcessors: [new SimpleSpanProcessor({ exporter })] });

  trace.getTracer('test').startActiveSpan('outer', (outer) => {
    trace.getTracer('test').startSpan('inner').end();
    outer.end();
  });

  const [inner, outer] = exporter.getFinishedSpans();
  expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  expect(outer?.resource.attributes['service.name']).toBe('orders');
});

test('without a collector nothing is recorded, yet trace ids exist and travel', () => {
  started({ service: 'orders' });
  const span = trace.getTracer('test').startSpan('work');
  const carrier: { traceparent?: string } = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);

  expect(span.isRecording()).toBe(false);
  expect(carrier.traceparent).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-00`);
});

test('a second call joins the first, and telemetry ends with the last of them', async () => {
  const first = started({ service: 'one' });
  const second = started({ service: 'two' });
  expect(await second.metrics()).toContain('service_name="one"');

  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  expect(isTracing()).toBe(true);

  await second[Symbol.asyncDispose]();
  expect(isTracing()).toBe(false);

  started({ service: 'three' });
  expect(isTracing()).toBe(true);
});

test('a collector that never answers holds disposal up for two seconds at most', async () => {
  const stuck = new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() });
  stuck.shutdown = () => new Promise(() => undefined);
  const telemetry = started({ service: 'orders', spanProcessors: [stuck] });

  const startedAt = performance.now();
  await telemetry[Symbol.asyncDispose]();

  expect(performance.now() - startedAt).toBeLessThan(3_500);
});

test('the metrics server serves its text and nothing else', async () => {
  const telemetry = started({ service: 'orders' });
  await using server = await startMetricsServer({ port: 0, host: '127.0.0.1', telemetry });

  const response = await fetch(`${server.url}/metrics`);

  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toContain('service_name="orders"');
  expect((await fetch(server.url)).status).toBe(404);
});

test('a metrics port that is taken is one line', async () => {
  const telemetry = started({ service: 'orders' });
  await using server = await startMetricsServer({ port: 0, host: '127.0.0.1', telemetry });
  const port = Number(new URL(server.url).port);

  await expect(startMetricsServer({ port, host: '127.0.0.1', telemetry })).rejects.toThrow(/port is taken/);
});
