import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aSimulator } from './simulator-world.ts';

test('late: done after the connection is gone', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', behaviours: ['late:50'] });

  await expect(world.authorise('tok_ok', { key: 'a' })).rejects.toThrow('fetch failed');

  const done = await eventually(async () => (await world.admin().ledger()).at(0) ?? false);
  expect(done).toMatchObject({ operation: 'authorise', key: 'a', outcome: 'succeeded', behaviour: 'late:50' });
});

test('late: what is still to be done is done after a restart, and once, although the caller tried again meanwhile', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok', false);
  await world.admin().script({ operation: 'authorise', behaviours: ['late:600000'] });
  await world.admin().script({ operation: 'capture', behaviours: ['late:600000'] });

  await expect(world.authorise('tok_ok', { order: 'ord_2', key: 'a' })).rejects.toThrow('fetch failed');
  await expect(world.post(`/authorisations/${id}/capture`, 'c', { amount: 1_000, currency: 'EUR' })).rejects.toThrow('fetch failed');
  const retried = await world.authorise('tok_ok', { order: 'ord_2', key: 'a' });
  await world.sql.execute("UPDATE late_operation SET due_at = now() - interval '1 s' * id");
  await world.restart();

  const captured = await eventually(async () => (await world.admin().ledger()).find(({ operation }) => operation === 'capture') ?? false);
  await eventually(async () => (await world.sql.number('SELECT count(*) FROM late_operation')) === 0);
  expect(retried).toMatchObject({ status: 201, replayed: false });
  expect(captured).toMatchObject({ key: 'c', outcome: 'succeeded' });
  expect(await world.admin().ledger('ord_2')).toHaveLength(1);
  expect((await world.get(`/authorisations/${id}`)).body.status).toBe('captured');
});

test('unknown-for: done, but enquiries by id, key and order say not found until the time is over', async () => {
  await using world = await aSimulator();
  await world.admin().script({ operation: 'authorise', behaviours: ['unknown-for:600000'] });

  await expect(world.authorise('tok_ok', { key: 'a' })).rejects.toThrow('fetch failed');
  const [entry] = await world.admin().ledger();
  const enquiries = [`/authorisations/${String(entry?.authorisation)}`, '/authorisations?key=a', '/authorisations?order=ord_1'];
  const hidden = await Promise.all(enquiries.map((path) => world.get(path)));
  await world.sql.execute('UPDATE authorisation SET stale_until = now()');
  const shown = await Promise.all(enquiries.map((path) => world.get(path)));

  expect(entry).toMatchObject({ outcome: 'succeeded', behaviour: 'unknown-for:600000' });
  expect(hidden.map(({ status, body }) => [status, body])).toMatchObject([
    [404, { error: { code: 'not_found' } }],
    [200, { authorisations: [] }],
    [200, { authorisations: [] }],
  ]);
  expect(shown.map(({ body }) => body)).toMatchObject([
    { status: 'authorised' },
    { authorisations: [{ status: 'authorised' }] },
    { authorisations: [{ status: 'authorised' }] },
  ]);
});

test('unknown-for: an enquiry about a hidden capture sees the authorisation as it was before', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok', false);
  await world.admin().script({ operation: 'capture', behaviours: ['unknown-for:600000'] });

  await expect(world.post(`/authorisations/${id}/capture`, 'c', { amount: 1_000, currency: 'EUR' })).rejects.toThrow('fetch failed');

  expect((await world.get(`/authorisations/${id}`)).body).toMatchObject({ status: 'authorised', captured: 0 });
  expect((await world.get('/authorisations?key=c')).body).toEqual({ authorisations: [] });
  await world.sql.execute('UPDATE authorisation SET stale_until = now()');
  expect((await world.get(`/authorisations/${id}`)).body).toMatchObject({ status: 'captured', captured: 1_000 });
  expect((await world.get('/authorisations?key=c')).body).toMatchObject({ authorisations: [{ captured: 1_000 }] });
});
