import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { signatureHeader, signWebhook } from '../src/index.ts';
import { aSimulator, webhookSecret } from './simulator-world.ts';

test('the ledger is read in pages, and by order', async () => {
  await using world = await aSimulator();
  for (const order of ['ord_1', 'ord_2', 'ord_1']) await world.authorise('tok_ok', { order });

  const page = async (query: string) =>
    (await (await fetch(`${world.url()}/admin/ledger?${query}`)).json()) as { entries: { id: number }[]; next: number | null };
  const first = await page('limit=2');
  const second = await page(`limit=2&after=${String(first.next)}`);

  expect([...first.entries, ...second.entries]).toEqual(await world.admin().ledger());
  expect(second).toMatchObject({ entries: [{ order: 'ord_1' }], next: null });
  expect(await world.admin().ledger('ord_1')).toHaveLength(2);
});

test('readers of the ledger miss no row while writers are at work', async () => {
  await using world = await aSimulator();
  const seen: number[] = [];
  let writing = true;

  const writers = Promise.all(Array.from({ length: 40 }, () => world.authorise('tok_captures_at_once'))).finally(() => (writing = false));
  for (let last = false; !last;) {
    last = !writing;
    const response = await fetch(`${world.url()}/admin/ledger?after=${String(seen.at(-1) ?? 0)}`);
    seen.push(...((await response.json()) as { entries: { id: number }[] }).entries.map(({ id }) => id));
  }
  await writers;

  expect(seen).toEqual((await world.admin().ledger()).map(({ id }) => id));
  expect(seen).toHaveLength(80);
});

test('the tables refuse what the code must never do', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok');

  await expect(world.sql.execute('UPDATE ledger SET amount = 1')).rejects.toThrow('append-only');
  await expect(world.sql.execute('DELETE FROM ledger')).rejects.toThrow('append-only');
  await expect(world.sql.execute('UPDATE authorisation SET refunded = captured + 1 WHERE id = $1', [id])).rejects.toThrow('amounts_check');
});

test('an authorisation expires on demand, a captured one does not', async () => {
  await using world = await aSimulator();
  const held = await world.payment('tok_ok', false);
  const taken = await world.payment('tok_ok');

  expect((await world.admin().expire(held.id)).status).toBe('expired');
  await expect(world.admin().expire(taken.id)).rejects.toMatchObject({ status: 422, code: 'invalid_state' });
  await expect(world.admin().expire('auth_0')).rejects.toMatchObject({ status: 404, code: 'not_found' });
  expect((await world.admin().ledger()).filter(({ operation }) => operation === 'expire')).toMatchObject([
    { outcome: 'succeeded', key: null, authorisation: held.id },
    { outcome: 'refused', authorisation: taken.id },
  ]);
});

test('a webhook is signed over its bytes, and sent again it keeps its id', async () => {
  await using world = await aSimulator();
  await using merchant = await aMerchant();
  const { id } = await world.payment('tok_ok');
  const admin = world.admin();

  const sent = await admin.webhook({ url: merchant.url, authorisation: id });
  const again = await admin.webhook({ url: merchant.url, authorisation: id });

  const [first] = merchant.received;
  const header = String(first?.headers[signatureHeader]);
  expect(sent).toMatchObject({
    status: 200,
    event: { type: 'authorisation.captured', authorisation: { id, status: 'captured', captured: 1_000 } },
  });
  expect(again.event.id).toBe(sent.event.id);
  expect(header).toBe(signWebhook(webhookSecret, Number(/^t=(\d+),/.exec(header)?.[1]), first?.body ?? ''));
});

test('a webhook comes out of order, altered, stale or badly signed when asked to', async () => {
  await using world = await aSimulator();
  await using merchant = await aMerchant();
  const { id } = await world.payment('tok_ok');
  const [authorised] = await world.admin().ledger();
  const order = { url: merchant.url, authorisation: id };

  const early = await world.admin().webhook({ ...order, entry: authorised?.id ?? 0 });
  const altered = await world.admin().webhook({ ...order, alter: { amount: 1, order: 'ord_other' } });
  const stale = await world.admin().webhook({ ...order, timestamp: 1_000 });
  const forged = await world.admin().webhook({ ...order, signature: 't=1,v1=00' });

  expect(early.event).toMatchObject({ type: 'authorisation.authorised', authorisation: { status: 'authorised', captured: 0 } });
  expect(altered.event.authorisation).toMatchObject({ amount: 1, order: 'ord_other' });
  expect(stale.signature).toMatch(/^t=1000,v1=/);
  expect(forged.signature).toBe('t=1,v1=00');
  expect(merchant.received.map(({ headers }) => headers[signatureHeader])).toEqual(
    [early, altered, stale, forged].map(({ signature }) => signature),
  );
});

test('a webhook that nobody takes is reported', async () => {
  await using world = await aSimulator();
  const { id } = await world.payment('tok_ok');

  await expect(world.admin().webhook({ url: 'http://127.0.0.1:1/', authorisation: id })).rejects.toMatchObject({
    status: 502,
    code: 'webhook_not_delivered',
  });
  await expect(world.admin().webhook({ url: 'http://127.0.0.1:1/', authorisation: id, entry: 999 })).rejects.toMatchObject({ status: 404 });
});

test('health follows the database', async () => {
  await using world = await aSimulator();

  const response = await fetch(`${world.url()}/health`);

  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ dependencies: { postgres: 'ok' } });
});

interface Merchant extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly { readonly headers: IncomingHttpHeaders; readonly body: string }[];
}

async function aMerchant(): Promise<Merchant> {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${String(address.port)}/`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
