import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aSimulator } from './simulator-world.ts';

test('scripted answers are given in their order, then ordinary ones', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', behaviours: ['decline', 'http:500', 'approve'] });

  const answers = [
    await world.authorise('tok_ok'),
    await world.authorise('tok_ok'),
    await world.authorise('tok_declined'),
    await world.authorise('tok_ok'),
  ];

  expect(answers.map(({ status, body }) => [status, body.status])).toEqual([
    [201, 'declined'],
    [500, undefined],
    [201, 'authorised'],
    [201, 'authorised'],
  ]);
});

test('a script for a token leaves other tokens and other operations alone, and can be taken back', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'capture', token: 'tok_captures_at_once', behaviours: ['decline'] });
  await world.admin().script({ operation: 'capture', token: 'tok_ok', behaviours: ['decline', 'decline'] });
  const first = await world.payment('tok_ok', false);
  const second = await world.payment('tok_ok', false);

  const refused = await world.post(`/authorisations/${first.id}/capture`, 'c1', { amount: 1_000, currency: 'EUR' });
  await world.admin().clearScript();
  const taken = await world.post(`/authorisations/${second.id}/capture`, 'c2', { amount: 1_000, currency: 'EUR' });

  expect([refused.status, taken.status]).toEqual([402, 200]);
});

test('a script survives a restart', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', behaviours: ['decline'] });

  await world.restart();

  expect((await world.authorise('tok_ok')).body.status).toBe('declined');
});

test('parallel calls take different answers from the script', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', behaviours: ['decline', 'decline', 'decline'] });

  const answers = await Promise.all(Array.from({ length: 6 }, () => world.authorise('tok_ok')));

  expect(answers.filter(({ body }) => body.status === 'declined')).toHaveLength(3);
});

test('a behaviour that does not exist is refused as a whole', async () => {
  await using world = await aSimulator();

  await expect(world.admin().script({ operation: 'authorise', behaviours: ['decline', 'explode'] })).rejects.toMatchObject({
    status: 400,
    code: 'invalid_request',
  });
  await expect(world.admin().script({ operation: 'enquire', behaviours: ['late:5'] })).rejects.toMatchObject({ status: 400 });
  expect((await world.authorise('tok_ok')).body.status).toBe('authorised');
});

test('timeout-after: the charge is done, the caller never learns it, an enquiry and a replay do', async () => {
  await using world = await aSimulator();
  const patience = new AbortController();

  const call = world.authorise('tok_timeout_after', { key: 'a', signal: patience.signal }).then(() => 'answered');
  const found = await eventually(async () => (await world.admin().ledger()).at(0) ?? false);
  const unanswered = await Promise.race([call, world.get('/authorisations?key=a').then(() => 'silent')]);
  patience.abort();

  expect(found).toMatchObject({ operation: 'authorise', outcome: 'succeeded', behaviour: 'timeout-after' });
  expect(unanswered).toBe('silent');
  await expect(call).rejects.toThrow();
  expect((await world.get('/authorisations?key=a')).body).toMatchObject({ authorisations: [{ status: 'authorised' }] });
  expect(await world.authorise('tok_timeout_after', { key: 'a' })).toMatchObject({ status: 201, replayed: true });
  expect(await world.admin().ledger()).toHaveLength(1);
});

test('timeout-before: nothing is done and the key stays free', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', behaviours: ['timeout-before'] });
  const patience = new AbortController();

  const call = world.authorise('tok_ok', { key: 'a', signal: patience.signal });
  const seen = await eventually(async () => (await world.admin().ledger()).at(0) ?? false);
  patience.abort();

  await expect(call).rejects.toThrow();
  expect(seen).toMatchObject({
    operation: 'authorise',
    order: 'ord_1',
    key: 'a',
    outcome: 'not_done',
    behaviour: 'timeout-before',
    authorisation: null,
  });
  expect((await world.get('/authorisations?key=a')).body).toEqual({ authorisations: [] });
  expect(await world.authorise('tok_ok', { key: 'a' })).toMatchObject({ status: 201, replayed: false });
});

test.each(['reset', 'refuse'])('%s: the connection ends and nothing was done', async (behaviour) => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', behaviours: [behaviour] });

  await expect(world.authorise('tok_ok', { key: 'a' })).rejects.toThrow('fetch failed');

  expect(await world.admin().ledger()).toMatchObject([{ outcome: 'not_done', behaviour }]);
  expect((await world.authorise('tok_ok', { key: 'a' })).replayed).toBe(false);
});

test.each([
  ['http:502-after', 502, ''],
  ['garbage', 200, 'upstream'],
])('%s: done, and answered with something useless', async (behaviour, status, text) => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok', false);
  await world.admin().script({ operation: 'capture', behaviours: [behaviour] });

  const answer = await world.post(`/authorisations/${id}/capture`, 'c', { amount: 1_000, currency: 'EUR' });

  expect(answer.status).toBe(status);
  expect(answer.text).toContain(text);
  expect(answer.body.status).toBeUndefined();
  expect((await world.get(`/authorisations/${id}`)).body.status).toBe('captured');
});

test('http:500: not done, and tok_error fails on every try', async () => {
  await using world = await aSimulator();

  const answers = [await world.authorise('tok_error', { key: 'a' }), await world.authorise('tok_error', { key: 'a' })];

  expect(answers.map(({ status }) => status)).toEqual([500, 500]);
  expect((await world.admin().ledger()).map(({ outcome }) => outcome)).toEqual(['not_done', 'not_done']);
});

test('delay: the answer takes that long, and the ordinary latency otherwise', async () => {
  await using world = await aSimulator({ latencyMs: 40 });
  await world.admin().script({ operation: 'authorise', behaviours: ['delay:150'] });
  const timed = async () => {
    const start = performance.now();
    await world.authorise('tok_ok');
    return performance.now() - start;
  };

  // Timers may fire up to a millisecond early.
  expect(await timed()).toBeGreaterThanOrEqual(149);
  expect(await timed()).toBeGreaterThanOrEqual(39);
});

test('enquiries fail when scripted', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok');
  await world.admin().script({ operation: 'enquire', behaviours: ['http:503', 'garbage', 'reset'] });

  expect((await world.get(`/authorisations/${id}`)).status).toBe(503);
  expect((await world.get('/authorisations?order=ord_1')).text).toContain('upstream');
  await expect(world.get(`/authorisations/${id}`)).rejects.toThrow('fetch failed');
  expect((await world.get(`/authorisations/${id}`)).status).toBe(200);
});

test('a simulator that stops drops the calls it keeps waiting', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', token: 'tok_ok', behaviours: ['delay:600000'] });
  const held = world.authorise('tok_timeout_after');
  const slow = world.authorise('tok_ok');
  await eventually(async () => (await world.admin().ledger()).at(0) ?? false);

  const ends = Promise.all([expect(held).rejects.toThrow(), expect(slow).rejects.toThrow()]);
  await world.restart();

  await ends;
  expect(await world.admin().ledger()).toHaveLength(1);
});
