import { describe, expect, test } from 'vitest';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols } from '../src/streams/stream-client.ts';
import { limitsFor } from './loopback-address.ts';
import { printOnFailure } from './print-on-failure.ts';
import { inOneProcess, openedBy } from './set-ups.ts';
import { losesNothing } from './streams-suite.ts';

const opened = losesNothing(openedBy(inOneProcess, { from: 'empty', limits: limitsFor }));

describe.each(protocols)('over %s', (protocol) => {
  test('a sequence ahead of the newest is SEQUENCE_AHEAD', async () => {
    const { system, people } = opened();
    printOnFailure(() => system.logs());
    const [{ variants }, shopper] = [await (await people.staff()).createProduct({ stock: [1] }), await people.buyer()];
    await shopper.addPaymentMethod('tok_ok');
    const { id: orderId } = await shopper.order({ lines: [{ variantId: variants[0]?.id ?? '', quantity: 1 }] });
    await using client = openStreams(protocol, { url: system.urls.gateway, token: shopper.token });

    const ends = await Promise.all([
      client.open('TrackOrder', { orderId }, { resumeAfter: 1_000 }).ended,
      client.open('MyOrders', {}, { resumeAfter: 1_000 }).ended,
      client.open('NotificationFeed', {}, { resumeAfter: 1_000 }).ended,
    ]);

    for (const end of ends) expect(end).toMatchObject({ reason: 'failed', errors: [{ extensions: { code: 'SEQUENCE_AHEAD' } }] });
  });
});
