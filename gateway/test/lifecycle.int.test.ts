import { createServer } from 'node:http';
import { eventually } from '@tally/testkit';
import { afterAll, expect, test } from 'vitest';
import { standardLinks } from '../src/index.ts';
import { aWorld, leak, seen } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

test('a shutdown finishes what was accepted, and nothing new is accepted', async () => {
  const world = await aWorld();
  let release: () => void = () => undefined;
  const answer = { status: 200, body: { data: { books: [{ id: 'b1' }] } } };
  world.doubles.books.behave(() => new Promise((resolve) => (release = () => resolve(answer))));
  const accepted = world.ask('{ books { id } }');
  await eventually(() => world.fetches() === 1);

  const stopped = world[Symbol.asyncDispose]();
  await eventually(async () => {
    await expect(fetch(`${world.url}/health/live`)).rejects.toThrow();
  });
  release();
  const reply = await accepted;
  await stopped;

  expect(reply.body).toEqual({ data: { books: [{ id: 'b1' }] } });
  expect(reply.headers.get('connection')).toBe('close');
});

test('a shutdown does not wait for ever', async () => {
  const world = await aWorld({ config: { drainMs: 100 } });
  world.doubles.books.behave(() => new Promise(() => undefined));
  const accepted = world.ask('{ books { id } }').catch((error: unknown) => error);
  await eventually(() => world.fetches() === 1);

  const startedAt = performance.now();
  await world[Symbol.asyncDispose]();

  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(await accepted).toBeInstanceOf(Error);
});

test('an occupied port is one line that says what to do', async () => {
  await using world = await aWorld();
  const port = Number(new URL(world.url).port);

  await expect(aWorld({ config: { port } })).rejects.toThrow(/port \d+ of 127\.0\.0\.1: the port is taken/);
});

test.each([
  [{ path: '/nowhere/supergraph.graphql' }, /SUPERGRAPH_PATH: .* cannot be read/],
  [{ sdl: 'type Query { a: Int }' }, /the supergraph cannot be loaded: /],
  [{ sdl: 'not graphql' }, /the supergraph cannot be loaded: /],
] as const)('a wrong supergraph is one line: %o', async (supergraph, line) => {
  const failure: unknown = await aWorld({ config: { supergraph } }).catch((error: unknown) => error);

  expect((failure as Error).name).toBe('StartupError');
  expect((failure as Error).message).toMatch(line);
  expect((failure as Error).message).not.toContain('\n');
});

test('live, ready and the page answer without a token, and say neither host nor secrets', async () => {
  await using world = await aWorld({
    config: {
      landing: {
        title: 'Library <&>',
        version: '1.2.3',
        links: [{ label: 'Sandbox', href: '/graphql' }],
        demoAccounts: [{ role: 'Reader', login: 'reader@example.org', password: 'a "good" one' }],
      },
    },
  });

  const [live, ready, page] = await Promise.all(['/health/live', '/health/ready', '/'].map((path) => fetch(`${world.url}${path}`)));
  const html = (await page?.text()) ?? '';

  expect([live?.status, ready?.status, page?.status]).toEqual([200, 200, 200]);
  expect(html).toContain('<h1>Library &lt;&amp;&gt;</h1>');
  expect(html).toContain('1.2.3');
  expect(html).toContain('reviews');
  expect(html).toContain('a &quot;good&quot; one');
  expect(page?.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('production shows no demo accounts and no link to what is off, whatever it was handed', async () => {
  await using world = await aWorld({
    config: {
      production: true,
      landing: { title: 'L', version: '1', links: standardLinks, demoAccounts: [{ role: 'r', login: 'l', password: 'p' }] },
    },
  });

  const html = await (await fetch(world.url)).text();
  expect(html).not.toContain('Accounts to try');
  expect([...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual(['/health']);
});

test('development serves Sandbox to browsers, with a link to the explorer that needs no internet', async () => {
  await using world = await aWorld({ config: { explorer: true } });

  const response = await fetch(`${world.url}/graphql`, { headers: { accept: 'text/html' } });
  const html = await response.text();

  expect(response.headers.get('content-type')).toMatch(/text\/html/);
  expect(html).toMatch(/<style nonce="[0-9a-f]{64}">\.offline-explorer/);
  expect(html).toContain('href="/explorer/"');
});

test('every file that the explorer names is served from here', async () => {
  await using world = await aWorld({ config: { explorer: true } });

  const page = await (await fetch(`${world.url}/explorer`)).text();
  const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== '/explorer/' && !name.startsWith('data:'));
  const statuses = await Promise.all(
    named.map(async (name) => {
      const response = await fetch(new URL(name, `${world.url}/explorer/`));
      await response.arrayBuffer();
      return [name, response.status] as const;
    }),
  );

  expect(page).toContain('<base href="/explorer/">');
  expect(page).toContain('/graphql');
  expect(named.length).toBeGreaterThan(3);
  expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test('without the explorer there is nothing at its path', async () => {
  await using world = await aWorld();

  expect((await fetch(`${world.url}/explorer/`)).status).toBe(404);
});

test('metrics have a port of their own, and count requests, plans, fetches and refusals with bounded labels', async () => {
  const free = await aFreePort();
  await using world = await aWorld({ config: { metricsPort: free, operationNames: ['Known'] } });

  await world.ask('query Known { books { id } }');
  await world.ask('query Known { books { id } }');
  await world.ask('query SomebodysOwnName { authors { id } }');
  await world.ask('{ books { note } }');
  const text = await (await fetch(`http://127.0.0.1:${String(free)}/metrics`)).text();

  expect(text).toMatch(/gateway_requests_total\{operation="Known",type="query",outcome="ok"[^}]*\} 2/);
  expect(text).toMatch(/gateway_requests_total\{operation="other",type="query",outcome="ok"[^}]*\} 1/);
  expect(text).toMatch(/gateway_requests_total\{operation="other",type="query",outcome="refused"[^}]*\} 1/);
  expect(text).toMatch(/gateway_rejected_total\{reason="unauthenticated"[^}]*\} 1/);
  expect(text).toMatch(/gateway_plan_cache_total\{result="miss"[^}]*\} 2/);
  expect(text).toMatch(/gateway_plan_cache_total\{result="hit"[^}]*\} 1/);
  expect(text).toMatch(/gateway_fetches_total\{subgraph="books",result="ok"[^}]*\} 2/);
  expect(text).toMatch(/gateway_fetch_seconds_count\{subgraph="people"[^}]*\} 1/);
  expect(text).not.toContain('SomebodysOwnName');
  expect((await fetch(`${world.url}/metrics`)).status).toBe(404);
});

async function aFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
