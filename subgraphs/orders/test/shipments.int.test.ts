import { newId, parseId, type Id } from '@tally/kernel';
import { freshKey } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createBuyer, type Buyer, type UserError } from './buyer.ts';
import { anOrdersWorld, type OrdersWorld } from './orders-world.ts';

interface Shipped {
  readonly shipment: {
    readonly id: Id<'shp'>;
    readonly status: string;
    readonly lines: readonly { id: string }[];
    readonly [more: string]: unknown;
  } | null;
  readonly order: { readonly status: string; readonly fulfilmentStatus: string } | null;
  readonly userErrors: readonly UserError[];
  readonly replayed: boolean;
}
const fields = `replayed shipment { id status carrier trackingNumber shippedAt deliveredAt lines { id } } order { status fulfilmentStatus allowedActions }
  userErrors { __typename code message field ... on IllegalTransitionError { from to } }`;
const createMutation = `mutation($input: ShipmentInput!) { shipmentCreate(input: $input) { ${fields} } }`;
const updateMutation = `mutation($input: ShipmentUpdateInput!) { shipmentUpdate(input: $input) { ${fields} } }`;

const staffOf = (world: OrdersWorld) => {
  const staff = createBuyer(world, newId('usr'), ['orders:fulfil']);
  return {
    ...staff,
    pack: async (orderId: string, lineIds: readonly string[], more = {}) =>
      (
        await staff.data<{ shipmentCreate: Shipped }>(createMutation, {
          input: { orderId, lineIds, carrier: 'DHL', idempotencyKey: freshKey('pack'), ...more },
        })
      ).shipmentCreate,
    scan: async (shipmentId: string | undefined, to: string, more = {}) =>
      (
        await staff.data<{ shipmentUpdate: Shipped }>(updateMutation, {
          input: { shipmentId, to, idempotencyKey: freshKey('scan'), ...more },
        })
      ).shipmentUpdate,
  };
};

/** An order of two lines whose payment is authorised, and what it costs. */
async function authorised(world: OrdersWorld, buyer: Buyer) {
  const [mug, spoon] = await world.sells({}, {});
  const { id: text, total } = await buyer.buys(mug!, spoon!);
  const id = parseId('ord', text)!;
  const amount = { amount: { amount: total.amount, currency: 'EUR' } };
  await world.reply('StockReserved', await world.command(id, 'ReserveStock'));
  await world.reply('PaymentAuthorised', await world.command(id, 'AuthorisePayment'), amount);
  await world.becomes(id, 'CONFIRMED');
  const { order } = await buyer.data<{ order: { lines: readonly { id: string }[] } }>(
    'query($id: ID!) { order(id: $id) { lines { id } } }',
    { id },
  );
  return { id, amount, lines: order.lines.map((line) => line.id) };
}

/** An order of two lines that is paid. */
async function paid(world: OrdersWorld, buyer: Buyer): Promise<{ id: Id<'ord'>; lines: readonly string[] }> {
  const { id, amount, lines } = await authorised(world, buyer);
  await world.reply('PaymentCaptured', await world.command(id, 'CapturePayment'), amount);
  await world.reply('StockCommitted', await world.command(id, 'CommitStock'));
  await world.becomes(id, 'PROCESSING');
  return { id, lines };
}

test('an order is shipped in two parcels and delivered with the last', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const staff = staffOf(world);
  const { id, lines } = await paid(world, buyer);

  const first = await staff.pack(id, lines.slice(0, 1));
  expect(first).toMatchObject({
    userErrors: [],
    replayed: false,
    shipment: { status: 'LABEL_CREATED', carrier: 'DHL', lines: [{ id: lines[0] }] },
    order: { status: 'PROCESSING', fulfilmentStatus: 'UNFULFILLED' },
  });
  const second = await staff.pack(id, lines.slice(1));

  expect(await staff.scan(first.shipment?.id, 'IN_TRANSIT', { trackingNumber: 'T1', occurredAt: new Date().toISOString() })).toMatchObject({
    shipment: { status: 'IN_TRANSIT', trackingNumber: 'T1', shippedAt: expect.any(String) as string },
    order: { status: 'PARTIALLY_SHIPPED', fulfilmentStatus: 'PARTIAL' },
  });
  await staff.scan(first.shipment?.id, 'DELIVERED');
  expect((await staff.scan(second.shipment?.id, 'IN_TRANSIT')).order).toMatchObject({ status: 'SHIPPED', fulfilmentStatus: 'FULFILLED' });
  await staff.scan(second.shipment?.id, 'OUT_FOR_DELIVERY');
  expect((await staff.scan(second.shipment?.id, 'DELIVERED')).order).toMatchObject({ status: 'DELIVERED' });

  const { order } = await buyer.data<{ order: unknown }>(
    'query($id: ID!) { order(id: $id) { status shipments { status lines { id } } timeline(first: 100) { sequence status } } }',
    { id },
  );
  expect(order).toMatchObject({
    shipments: [{ status: 'DELIVERED' }, { status: 'DELIVERED' }],
    timeline: ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED'].map((status, n) => ({
      sequence: n + 1,
      status,
    })),
  });
  expect(await world.sql.number(`SELECT count(*) FROM outbox WHERE type = 'OrderStatusChanged' AND key = $1`, [id])).toBe(6);
  expect(await world.sql.number(`SELECT count(*) FROM outbox WHERE type = 'BuyerOrderChanged' AND key = $1`, [buyer.userId])).toBe(7);
  expect((await buyer.cancel(id)).userErrors).toMatchObject([
    { __typename: 'IllegalTransitionError', code: 'ILLEGAL_TRANSITION', from: 'DELIVERED', to: 'CANCELLING' },
  ]);
});

test('one key packs one parcel and scans it once, however often it is sent', async () => {
  await using world = await anOrdersWorld();
  const staff = staffOf(world);
  const { id, lines } = await paid(world, world.buyer());

  const packed = await Promise.all(Array.from({ length: 5 }, () => staff.pack(id, lines, { idempotencyKey: 'pack-1' })));
  expect(new Set(packed.map(({ shipment }) => shipment?.id)).size).toBe(1);
  expect(packed.filter(({ replayed }) => !replayed)).toHaveLength(1);
  const shipmentId = packed[0]?.shipment?.id;
  const scanned = await Promise.all(Array.from({ length: 5 }, () => staff.scan(shipmentId, 'IN_TRANSIT', { idempotencyKey: 'scan-1' })));
  expect(scanned.map(({ userErrors }) => userErrors)).toEqual([[], [], [], [], []]);
  expect((await staff.scan(shipmentId, 'DELIVERED', { idempotencyKey: 'scan-1' })).userErrors).toMatchObject([
    { code: 'IDEMPOTENCY_KEY_REUSED' },
  ]);
  expect(await world.sql.number('SELECT count(*) FROM shipment')).toBe(1);
  expect(await world.statusOf(id)).toBe('SHIPPED');
});

test('a line is in one parcel at a time, however many hands pack it; one that was lost is packed again', async () => {
  await using world = await anOrdersWorld();
  const staff = staffOf(world);
  const { id, lines } = await paid(world, world.buyer());

  const packed = await Promise.all(Array.from({ length: 5 }, () => staff.pack(id, lines)));
  const parcels = packed.filter(({ userErrors }) => userErrors.length === 0);
  expect(parcels).toHaveLength(1);
  for (const { userErrors } of packed) for (const { code } of userErrors) expect(code).toBe('CONFLICT');

  expect((await staff.scan(parcels[0]?.shipment?.id, 'LOST')).order).toMatchObject({
    status: 'PROCESSING',
    fulfilmentStatus: 'UNFULFILLED',
  });
  expect((await staff.pack(id, lines)).userErrors).toEqual([]);
});

test('cancelling and shipping at once: one of them wins, and a cancelled order ships nothing', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const staff = staffOf(world);
  for (let n = 0; n < 4; n++) {
    const { id, lines } = await paid(world, buyer);
    const { shipment } = await staff.pack(id, lines);

    const [cancelled, scanned] = await Promise.all([buyer.cancel(id), staff.scan(shipment?.id, 'IN_TRANSIT')]);

    const status = await world.statusOf(id);
    expect(['CANCELLING', 'SHIPPED']).toContain(status);
    expect(cancelled.userErrors.length === 0).toBe(status === 'CANCELLING');
    expect(scanned.userErrors.length === 0).toBe(status === 'SHIPPED');
    const { order } = await buyer.data<{ order: { shipments: readonly { status: string }[] } }>(
      'query($id: ID!) { order(id: $id) { shipments { status } } }',
      { id },
    );
    expect(order.shipments.map((parcel) => parcel.status)).toEqual([status === 'SHIPPED' ? 'IN_TRANSIT' : 'CANCELLED']);
  }
});

test('nothing is packed before the money is captured', async () => {
  await using world = await anOrdersWorld();
  const { id, lines } = await authorised(world, world.buyer());
  await world.reply('StockCommitted', await world.command(id, 'CommitStock'));
  await world.orders.caughtUp();

  const { shipment, userErrors } = await staffOf(world).pack(id, lines);

  expect([shipment, userErrors.map(({ code }) => code)]).toEqual([null, ['ILLEGAL_TRANSITION']]);
  expect(await world.statusOf(id)).toBe('CONFIRMED');
});

test('what cannot be packed or scanned is refused with its reason', async () => {
  await using world = await anOrdersWorld();
  const buyer = world.buyer();
  const staff = staffOf(world);
  const { id, lines } = await paid(world, buyer);
  const [mug] = await world.sells({});
  const pending = await buyer.buys(mug!);
  const { shipment } = await staff.pack(id, lines);
  const before = await world.footprint();
  const codes = ({ userErrors }: Shipped) => userErrors.map(({ code, field }) => `${code} ${field?.join('.') ?? ''}`.trim());

  expect(codes(await staff.pack(pending.id, lines))).toEqual(['ILLEGAL_TRANSITION']);
  expect(codes(await staff.pack(newId('ord'), lines))).toEqual(['NOT_FOUND orderId']);
  expect(codes(await staff.pack(id, [newId('line')]))).toEqual(['NOT_FOUND lineIds.0']);
  expect(codes(await staff.pack('nonsense', [], { carrier: ' ' }))).toEqual(['INVALID orderId', 'INVALID lineIds', 'INVALID carrier']);
  expect(codes(await staff.pack(id, lines, { idempotencyKey: '' }))).toEqual(['INVALID idempotencyKey']);
  expect(codes(await staff.scan(shipment?.id, 'DELIVERED'))).toEqual(['CONFLICT to']);
  expect(codes(await staff.scan(newId('shp'), 'LOST'))).toEqual(['NOT_FOUND shipmentId']);
  expect(codes(await staff.scan('nonsense', 'LOST', { trackingNumber: 'x'.repeat(101), occurredAt: '2999-01-01T00:00:00Z' }))).toEqual([
    'INVALID shipmentId',
    'INVALID trackingNumber',
    'INVALID occurredAt',
  ]);
  expect(codes(await staff.scan(shipment?.id, 'IN_TRANSIT', { occurredAt: '2001-01-01T00:00:00Z' }))).toEqual(['INVALID occurredAt']);
  const answer = await buyer.ask(createMutation, { input: { orderId: id, lineIds: lines, carrier: 'DHL', idempotencyKey: 'k' } });
  expect(answer).toMatchObject({ data: { shipmentCreate: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  expect(await world.footprint()).toEqual(before);
});
