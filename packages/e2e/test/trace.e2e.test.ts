import { startTelemetry } from '@tally/runtime';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { createPeople } from '../src/client/people.ts';
import { openWorld } from '../src/client/world.ts';
import { startInOneProcess } from '../src/topologies/in-one-process.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';

/** What a checkout must pass, in the words of its spans. */
const stations = [
  'mutation',
  'fetch orders',
  'serve orders',
  'send products.commands.v1',
  'process products.commands.v1',
  'send products.stock.v1',
  'process products.stock.v1',
  'send payments.commands.v1',
  'process payments.commands.v1',
  'payment authorise',
  'provider authorise',
  'send payments.payment.v1',
  'process payments.payment.v1',
  'payment capture',
  'provider capture',
  'send orders.order.v1',
];

test('one checkout is one connected graph of spans, from the gateway over the relays to the provider', async () => {
  const exporter = new InMemorySpanExporter();
  await using _telemetry = startTelemetry({ service: 'tally', spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  await using database = await cloneEmptyShop();
  await using system = await startInOneProcess(database);
  await using world = openWorld(system.urls);
  const people = createPeople(world.graph, system.keys.users);
  const { variants } = await (await people.staff()).createProduct({ stock: [1] });
  const shopper = await people.buyer();
  await shopper.addPaymentMethod('tok_ok');
  await system.platform.caughtUp();
  exporter.reset();

  const { id } = await shopper.order({ lines: [{ variantId: variants[0]?.id ?? '', quantity: 1 }] });
  await shopper.until(id, 'PROCESSING');
  await system.platform.caughtUp();
  const spans = exporter.getFinishedSpans();
  const graph = connectedTo(spans, ({ name }) => name === 'mutation');

  printOnFailure(() =>
    spans
      .map(
        ({ name, parentSpanContext, links }) =>
          `${graph.has(name) ? '•' : ' '} ${name} < ${parentSpanContext?.spanId ?? '–'} +${String(links.length)}`,
      )
      .join('\n'),
  );
  expect(stations.filter((station) => !graph.has(station))).toEqual([]);
  // Work that nobody asked for begins in a relay, and says by links what it carries.
  const roots = spans.filter(({ parentSpanContext }) => parentSpanContext === undefined);
  expect(roots.filter(({ name, links }) => !/^(query|mutation)$/.test(name) && !(name.startsWith('send ') && links.length > 0))).toEqual(
    [],
  );
});

/** Names of all spans that hang together with the first that matches, over parents and links. */
function connectedTo(spans: readonly ReadableSpan[], isStart: (span: ReadableSpan) => boolean): ReadonlySet<string> {
  const neighbours = new Map<string, Set<string>>();
  const join = (one: string, other: string): void => {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      neighbours.set(from, (neighbours.get(from) ?? new Set()).add(to));
    }
  };
  for (const span of spans) {
    const { spanId } = span.spanContext();
    for (const context of [span.parentSpanContext, ...span.links.map((link) => link.context)])
      if (context !== undefined) join(spanId, context.spanId);
  }
  const start = spans.find(isStart);
  const reached = new Set(start === undefined ? [] : [start.spanContext().spanId]);
  for (const spanId of reached) for (const next of neighbours.get(spanId) ?? []) reached.add(next);
  return new Set(spans.filter((span) => reached.has(span.spanContext().spanId)).map(({ name }) => name));
}
