import { monitorEventLoopDelay } from 'node:perf_hooks';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

export interface TelemetryOptions {
  /** `service.name` of all spans of this process. */
  readonly service: string;
  /** OTLP/HTTP collector, for example `http://collector:4318`. Absent: spans are not recorded, but trace ids exist and travel. */
  readonly otlpEndpoint?: string;
  /** Share of traces that begin here and are recorded, 0 to 1; default 0.1. */
  readonly sampleRatio?: number;
  /** Where spans go besides the collector; with one, everything is recorded. For tests. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

/** The process's telemetry. When the last holder disposes of it, it flushes, for at most 2 s. */
export interface Telemetry extends AsyncDisposable {
  /** All metrics of the process as Prometheus text. */
  metrics(): Promise<string>;
}

let running: { readonly telemetry: Telemetry; holders: number } | undefined;

/**
 * Starts tracing and metrics for the whole process; code depends on `@opentelemetry/api` alone. A second call joins the running one, whatever its
 * options, so that several apps share it in one process; it ends with the last of them.
 *
 * @see W3C Trace Context, which is what travels in requests, outbox rows and records.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const held = (running ??= { telemetry: start(options), holders: 0 });
  held.holders += 1;
  let released = false;
  return {
    metrics: () => held.telemetry.metrics(),
    async [Symbol.asyncDispose]() {
      if (released) return;
      released = true;
      held.holders -= 1;
      if (held.holders > 0) return;
      running = undefined;
      await held.telemetry[Symbol.asyncDispose]();
    },
  };
}

function start(options: TelemetryOptions): Telemetry {
  const { service, otlpEndpoint, sampleRatio = 0.1, spanProcessors = [] } = options;
  const resource = resourceFromAttributes({ 'service.name': service });
  const processors = [...spanProcessors];
  if (otlpEndpoint !== undefined)
    processors.push(new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: new URL('/v1/traces', otlpEndpoint).href }) }));
  const ratio = spanProcessors.length > 0 ? 1 : sampleRatio;
  const sampler = processors.length === 0 ? new AlwaysOffSampler() : new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  const tracing = new TracerProvider({ resource, sampler, spanProcessors: processors });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracing);

  const reader = new PrometheusExporter({ preventServerStart: true });
  const metering = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(metering);
  const loop = observeProcess();

  return {
    async metrics() {
      const { resourceMetrics } = await reader.collect();
      return new PrometheusSerializer().serialize(resourceMetrics);
    },
    async [Symbol.asyncDispose]() {
      loop.disable();
      // First, so that telemetry which is started meanwhile stays.
      for (const api of [trace, metrics, propagation, context]) api.disable();
      await Promise.race([
        Promise.allSettled([tracing.shutdown(), metering.shutdown()]),
        new Promise((resolve) => setTimeout(resolve, 2_000).unref()),
      ]);
    },
  };
}

function observeProcess(): ReturnType<typeof monitorEventLoopDelay> {
  const meter = metrics.getMeter('tally.process');
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  meter.createObservableGauge('nodejs_eventloop_delay_seconds', { description: 'p99 since the last scrape' }).addCallback((result) => {
    result.observe(loop.percentile(99) / 1e9);
    loop.reset();
  });
  meter.createObservableGauge('process_resident_memory_bytes').addCallback((result) => {
    result.observe(process.memoryUsage.rss());
  });
  meter.createObservableGauge('nodejs_heap_size_used_bytes').addCallback((result) => {
    result.observe(process.memoryUsage().heapUsed);
  });
  return loop;
}
