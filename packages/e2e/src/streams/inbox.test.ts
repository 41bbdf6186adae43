import { expect, test } from 'vitest';
import { createInbox } from './inbox.ts';

const event = (sequence: number) => ({ data: { told: { sequence } } });

test('events are given in their order, those that are awaited and those that wait', async () => {
  const inbox = createInbox(3);
  expect(inbox.lastSequence).toBe(3);
  const first = inbox.next();

  inbox.result(event(4), '4');
  inbox.result(event(5));
  inbox.end({ reason: 'cut' });

  expect([await first, await inbox.next(), await inbox.next()]).toMatchObject([{ sequence: 4, id: '4' }, { sequence: 5, id: null }, null]);
  expect(inbox.lastSequence).toBe(5);
});

test('what comes after the end is dropped, another end too', async () => {
  const inbox = createInbox(null);
  inbox.end({ reason: 'left' });

  inbox.result(event(1));
  inbox.end({ reason: 'closed', closeCode: 1001 });

  expect(inbox.events).toEqual([]);
  expect(await inbox.ended).toEqual({ reason: 'left', errors: [], closeCode: null, status: null });
});

test('errors alone are how a stream failed, if they are the last that came', async () => {
  const [failed, mended] = [createInbox(null), createInbox(null)];
  for (const inbox of [failed, mended]) inbox.result({ errors: [{ message: 'no' }] });
  mended.result({ data: { told: { sequence: 1, more: null } }, errors: [{ message: 'no more' }] });
  for (const inbox of [failed, mended]) inbox.complete();

  expect(await failed.ended).toMatchObject({ reason: 'failed', errors: [{ message: 'no' }] });
  expect(await mended.ended).toMatchObject({ reason: 'completed', errors: [] });
  expect(mended.events).toMatchObject([{ sequence: 1, errors: [{ message: 'no more' }] }]);
});
