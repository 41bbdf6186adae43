import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { topicOf } from '@tally/events';
import { newId } from '@tally/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../test/silent-logger.ts';
import { aSubgraph } from '../test/subgraph-world.ts';
import { startConsumer } from './consumer/start-consumer.ts';
import { createPostgresEventLog } from './postgres/create-event-log.ts';
import { startRelay } from './relay/start-relay.ts';
import { openWakeChannel } from './wake-channel.ts';

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});

afterAll(() => {
  trace.disable();
  propagation.disable();
  context.disable();
});

test('the relay links its root span to each writer, and a fresh event is processed as a child of its writer, an old one in a trace of its own', async () => {
  const topic = topicOf('users.session.v1');
  await using world = await aSubgraph();
  await using log = createPostgresEventLog({ databaseUrl: world.logUrl, topics: [topic], logger: silent, wake: 'process' });
  await using wake = await openWakeChannel({ databaseUrl: world.url, channel: 'outbox', remote: false, logger: silent });
  const users = { fresh: newId('usr'), old: newId('usr') };
  const written = await Promise.all(
    Object.values(users).map((user) =>
      trace.getTracer('test').startActiveSpan('mutation', async (span) => {
        await world.write(topic.name, user, 'SignedIn', { user: { id: user }, session: { id: newId('ses') } });
        span.end();
        return span.spanContext();
      }),
    ),
  );
  await world.admin.execute(`UPDATE payments.outbox SET created_at = now() - interval '11 minutes' WHERE key = $1`, [users.old]);

  const handled: (string | undefined)[] = [];
  await using relay = await startRelay({ databaseUrl: world.url, name: 'payments', log, wake, logger: silent });
  await relay.drained();
  const handlers = { SignedIn: async () => void handled.push(trace.getActiveSpan()?.spanContext().traceId) };
  await using consumer = await startConsumer({
    log,
    group: 'payments',
    topics: [topic],
    from: 'beginning',
    handlers,
    databaseUrl: world.url,
    logger: silent,
  });
  await consumer.caughtUp();

  const [fresh, old] = written;
  const spans = exporter.getFinishedSpans();
  const sent = spans.find(({ name }) => name === 'send users.session.v1');
  expect(sent?.kind).toBe(SpanKind.PRODUCER);
  expect(sent?.parentSpanContext).toBeUndefined();
  expect(sent?.links.map((link) => link.context.spanId).toSorted()).toEqual(written.map(({ spanId }) => spanId).toSorted());

  const processed = spans.filter(({ name }) => name === 'process users.session.v1');
  const ofFresh = processed.find((span) => span.attributes['messaging.kafka.message.key'] === users.fresh);
  const ofOld = processed.find((span) => span.attributes['messaging.kafka.message.key'] === users.old);
  expect(ofFresh?.parentSpanContext?.spanId).toBe(fresh?.spanId);
  expect(ofOld?.parentSpanContext).toBeUndefined();
  expect(ofOld?.links.map((link) => link.context.spanId)).toEqual([old?.spanId]);
  expect(handled.toSorted()).toEqual([ofFresh, ofOld].map((span) => span?.spanContext().traceId).toSorted());
});
