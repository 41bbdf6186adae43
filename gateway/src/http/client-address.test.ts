import fastify from 'fastify';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

test.each([
  [0, '192.0.2.1'],
  [1, '192.0.2.1'],
  [1, '192.0.2.1, 192.0.2.2'],
  [2, '192.0.2.1 ,192.0.2.2'],
  [3, '192.0.2.1'],
  [1, undefined],
])('behind %i proxies that say %s the address is the one Fastify sees', async (trusted, forwarded) => {
  const app = fastify({ trustProxy: trusted > 0 && ((_: string, hop: number) => hop < trusted) });
  app.get('/', (request) => ({ theirs: request.ip, ours: clientAddress(request.raw, trusted) }));

  const answer = await app.inject({ url: '/', headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } });

  const { theirs, ours } = answer.json<{ theirs: string; ours: string }>();
  expect(ours).toBe(theirs);
  await app.close();
});
