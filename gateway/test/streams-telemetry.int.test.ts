import { createServer, type AddressInfo } from 'node:net';
import { startTelemetry, type TelemetryOptions } from '@tally/runtime';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { ask, eventStream } from './event-source.ts';
import { aWorld, user } from './world.ts';

type Processor = NonNullable<TelemetryOptions['spanProcessors']>[number];
type Ended = Parameters<Processor['onEnd']>[0];

test('an event on its way is a span of its own, linked to the trace that wrote it, with what is fetched for it below', async () => {
  const spans: Ended[] = [];
  const processor: Processor = {
    onStart: () => undefined,
    onEnd: (span) => void spans.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  await using _telemetry = startTelemetry({ service: 'gateway', spanProcessors: [processor] });
  await using world = await aWorld({ live: true });
  world.desk.book('v1', user.userId);
  const headers = { ...eventStream, authorization: `Bearer ${await world.tokenFor([])}` };
  using stream = await ask(world.url, { headers, body: { query: 'subscription { visitChanged(visitId: "v1") { visit { fee } } }' } });
  await stream.heard(1);

  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await world.eventLog?.append([{ ...world.desk.commit('v1'), traceparent: `00-${traceId}-b7ad6b7169203331-01` }]);
  await stream.heard(2);

  const push = await eventually(() => spans.find(({ name }) => name === 'push visitChanged') ?? false);
  expect(push.links.map(({ context }) => context)).toMatchObject([{ traceId, spanId: 'b7ad6b7169203331' }]);
  expect(push.parentSpanContext).toBeUndefined();
  const below = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === push.spanContext().spanId);
  expect(below.map(({ name }) => name)).toEqual(['fetch desk']);
});

test('open streams, their ends, replays and the time of a push are counted', async () => {
  const metricsPort = await aFreePort();
  await using world = await aWorld({ live: true, config: { metricsPort } });
  world.desk.book('v1', user.userId);
  const metrics = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();
  const headers = { ...eventStream, authorization: `Bearer ${await world.tokenFor([])}` };
  {
    using stream = await ask(world.url, { headers, body: { query: 'subscription { visitChanged(visitId: "v1") { sequence } }' } });
    await world.desk.step('v1');
    await stream.heard(2);
    const open = await metrics();
    expect(open).toMatch(/gateway_subscriptions_active\{protocol="sse"[^}]*\} 1/);
    expect(open).toMatch(/gateway_subscriptions_active\{protocol="websocket"[^}]*\} 0/);
    expect(open).toMatch(/gateway_replays_total\{cause="open"[^}]*\} 1/);
    expect(open).not.toMatch(/gateway_replays_total\{cause="gap"/);
    expect(open).toMatch(/gateway_push_seconds_count(\{[^}]*\})? 1/);
  }

  await eventually(async () => expect(await metrics()).toMatch(/gateway_subscriptions_ended_total\{reason="client"[^}]*\} 1/));
  expect(await metrics()).toMatch(/gateway_subscriptions_active\{protocol="sse"[^}]*\} 0/);
});

async function aFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
