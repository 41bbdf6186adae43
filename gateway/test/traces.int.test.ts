import { startTelemetry, type TelemetryOptions } from '@tally/runtime';
import { expect, test } from 'vitest';
import { aWorld } from './world.ts';

type Processor = NonNullable<TelemetryOptions['spanProcessors']>[number];
type Ended = Parameters<Processor['onEnd']>[0];

function collector(): { readonly spans: Ended[]; readonly processor: Processor } {
  const spans: Ended[] = [];
  const processor: Processor = {
    onStart: () => undefined,
    onEnd: (span) => void spans.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  return { spans, processor };
}

test('a request is one tree: the request, its plan the first time, and one span per fetch, which the subgraph continues', async () => {
  const { spans, processor } = collector();
  await using _telemetry = startTelemetry({ service: 'gateway', spanProcessors: [processor] });
  await using world = await aWorld({ config: { operationNames: ['Shelf'] } });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

  await world.ask('query Shelf { books { title stars } }', { headers });
  const cold = spans.splice(0);
  await world.ask('query Shelf { books { title stars } }', { headers });
  const warm = spans.splice(0);
  const failed = await world.ask('query Private { books { note } }', { headers });

  expect(cold.map(({ name }) => name).sort()).toEqual(['fetch books', 'fetch reviews', 'plan', 'query']);
  expect(warm.map(({ name }) => name).sort()).toEqual(['fetch books', 'fetch reviews', 'query']);
  const root = cold.find(({ name }) => name === 'query');
  expect(root?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(root?.attributes).toEqual({ 'graphql.operation.type': 'query', 'graphql.operation.name': 'Shelf' });
  for (const span of cold) {
    expect(span.spanContext().traceId).toBe(traceId);
    if (span !== root) expect(span.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
  }
  const sent = world.doubles.books.calls[0]?.headers['traceparent'];
  expect(sent).toBe(`00-${traceId}-${cold.find(({ name }) => name === 'fetch books')?.spanContext().spanId ?? ''}-01`);
  expect(failed.body.errors?.[0]?.extensions['traceId']).toBe(traceId);
});
