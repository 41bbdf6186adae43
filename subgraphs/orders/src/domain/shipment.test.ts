import { newId, type Id } from '@tally/kernel';
import { expect, test } from 'vitest';
import { fulfilmentOf, isLegalStep, mayBePacked, stepTo, unpackedLines, type Shipment } from './shipment.ts';

const [one, two] = [newId('line'), newId('line')];
const at = new Date('2026-11-21T10:00:00Z');
const parcel = (lineIds: readonly Id<'line'>[]): Shipment => ({
  id: newId('shp'),
  orderId: newId('ord'),
  status: 'LABEL_CREATED',
  carrier: 'DHL',
  trackingNumber: null,
  lineIds,
  shippedAt: null,
  deliveredAt: null,
});
const lines = [one, two];

test('a parcel goes out, may wander between depots, and arrives or is lost', () => {
  expect(isLegalStep('LABEL_CREATED', 'IN_TRANSIT')).toBe(true);
  expect(isLegalStep('LABEL_CREATED', 'DELIVERED')).toBe(false);
  expect(isLegalStep('OUT_FOR_DELIVERY', 'IN_TRANSIT')).toBe(true);
  expect(isLegalStep('DELIVERED', 'LOST')).toBe(false);
  expect(isLegalStep('CANCELLED', 'IN_TRANSIT')).toBe(false);
});

test('the first scan is remembered, the tracking number kept', () => {
  const shipped = stepTo(parcel([one]), 'IN_TRANSIT', at, 'TRACK-1');
  const delivered = stepTo(shipped, 'DELIVERED', new Date(at.getTime() + 1), null);
  expect(delivered).toMatchObject({
    status: 'DELIVERED',
    trackingNumber: 'TRACK-1',
    shippedAt: at,
    deliveredAt: new Date(at.getTime() + 1),
  });
  expect(stepTo(parcel([one]), 'LOST', at, null).shippedAt).toBeNull();
});

test('an order is shipped line by line and delivered with its last parcel', () => {
  const [first, second] = [stepTo(parcel([one]), 'IN_TRANSIT', at, null), parcel([two])];
  expect(fulfilmentOf('PROCESSING', lines, [parcel([one]), second])).toEqual({ fulfilment: 'UNFULFILLED', move: null });
  expect(fulfilmentOf('PROCESSING', lines, [first, second])).toMatchObject({ fulfilment: 'PARTIAL', move: { to: 'PARTIALLY_SHIPPED' } });
  const arrived = stepTo(first, 'DELIVERED', at, null);
  expect(fulfilmentOf('PARTIALLY_SHIPPED', lines, [arrived, second])).toMatchObject({ fulfilment: 'PARTIAL', move: null });
  const out = stepTo(second, 'IN_TRANSIT', at, null);
  expect(fulfilmentOf('PARTIALLY_SHIPPED', lines, [arrived, out])).toMatchObject({ fulfilment: 'FULFILLED', move: { to: 'SHIPPED' } });
  expect(fulfilmentOf('SHIPPED', lines, [arrived, stepTo(out, 'DELIVERED', at, null)])).toMatchObject({ move: { to: 'DELIVERED' } });
});

test('one parcel with all lines makes the order shipped at once', () => {
  expect(fulfilmentOf('PROCESSING', lines, [stepTo(parcel(lines), 'IN_TRANSIT', at, null)])).toMatchObject({
    move: { from: 'PROCESSING', to: 'SHIPPED' },
  });
});

test('lines of a lost parcel may be packed again, and the order waits for them', () => {
  const lost = stepTo(stepTo(parcel([one]), 'IN_TRANSIT', at, null), 'LOST', at, null);
  expect([...unpackedLines(lines, [lost, parcel([two])])]).toEqual([one]);
  expect(fulfilmentOf('SHIPPED', lines, [lost, stepTo(stepTo(parcel([two]), 'IN_TRANSIT', at, null), 'DELIVERED', at, null)])).toEqual({
    fulfilment: 'PARTIAL',
    move: null,
  });
  expect(mayBePacked('SHIPPED')).toBe(true);
  expect(mayBePacked('CONFIRMED')).toBe(false);
});
