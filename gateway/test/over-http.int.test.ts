import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@tally/testkit';
import { afterAll, expect, test } from 'vitest';
import type { Double } from './double.ts';
import { aWorld, leak, seen, type World } from './world.ts';

afterAll(() => {
  for (const text of seen) expect(text).not.toMatch(leak);
});

interface Served extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  aborted: number;
}

/** Serves a double over real HTTP. `double` may come later: the address is needed first. */
async function served(double: () => Double): Promise<Served> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    response.on('close', () => {
      if (!response.writableFinished) state.aborted += 1;
    });
    request.on('end', () => {
      const { authorization, traceparent } = request.headers;
      const body = JSON.parse(text) as { query: string; variables?: Record<string, unknown>; operationName?: string };
      void double()
        .execute({ ...body, headers: { authorization, traceparent: traceparent as string | undefined } })
        .then((answer) => {
          response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' });
          response.end(JSON.stringify(answer.body));
        });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: Served = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql`,
    server,
    aborted: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

async function aWorldOverHttp(
  deadlineMs = 5_000,
): Promise<{ world: World; servers: Record<'books' | 'people' | 'reviews', Served> } & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const built: { world?: World } = {};
  const serve = async (name: 'books' | 'people' | 'reviews'): Promise<Served> =>
    stack.use(
      await served(() => {
        if (built.world === undefined) throw new Error('not yet');
        return built.world.doubles[name];
      }),
    );
  const servers = { books: await serve('books'), people: await serve('people'), reviews: await serve('reviews') };
  const world = stack.use(
    await aWorld({
      urls: { books: servers.books.url, people: 'http://127.0.0.1:9/graphql', reviews: servers.reviews.url },
      config: { requestDeadlineMs: deadlineMs, subgraphUrls: { people: servers.people.url } },
    }),
  );
  built.world = world;
  return { world, servers, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('a join over HTTP gives what it gives in-process, and an address from the configuration replaces that of the supergraph', async () => {
  await using remote = await aWorldOverHttp();
  await using local = await aWorld();
  const query = 'query ($n: Int) { books(first: $n) { title note author { name favourite { stars } } reviews { body writer { name } } } }';
  const options = { variables: { n: 4 } };

  const [over, within] = [
    await remote.world.ask(query, { ...options, token: await remote.world.tokenFor([]) }),
    await local.ask(query, { ...options, token: await local.tokenFor([]) }),
  ];

  expect(over.status).toBe(200);
  expect(over.text).toBe(within.text);
});

test('A12 the token check is the same over HTTP: every call carries one for its own subgraph', async () => {
  await using remote = await aWorldOverHttp();

  await remote.world.ask('{ books { stars author { name } } }');

  for (const double of Object.values(remote.world.doubles)) expect(double.calls.map(({ caller }) => caller?.kind)).toEqual(['anonymous']);
});

test('a subgraph that is not there costs its fields, and the page says so', async () => {
  await using remote = await aWorldOverHttp();
  await remote.servers.reviews[Symbol.asyncDispose]();

  const reply = await remote.world.ask('{ books(first: 1) { title stars } }');
  const health = (await (await fetch(`${remote.world.url}/health`)).json()) as { status: string; dependencies: Record<string, string> };

  expect(reply.body.data).toEqual({ books: [{ title: 'Tides', stars: null }] });
  expect(reply.body.errors?.[0]?.extensions['code']).toBe('SUBGRAPH_UNAVAILABLE');
  expect(health).toEqual({ status: 'ready', dependencies: { gateway: 'ok', books: 'ok', people: 'ok', reviews: 'down' } });
});

test('A6 a call that takes too long is aborted on the wire', async () => {
  await using remote = await aWorldOverHttp(200);
  remote.world.doubles.reviews.behave(() => new Promise(() => undefined));

  const reply = await remote.world.ask('{ books(first: 1) { stars } }');

  expect(reply.body.errors?.[0]?.extensions['code']).toBe('TIMEOUT');
  await eventually(() => remote.servers.reviews.aborted === 1);
});

test('a query of a client that left is aborted, a mutation is finished', async () => {
  await using remote = await aWorldOverHttp();
  const { books } = remote.world.doubles;
  let release: (() => void) | undefined;
  books.behave(
    () =>
      new Promise((resolve) => {
        release = () => {
          resolve({ status: 200, body: { data: null, errors: [{ message: 'late' }] } });
        };
      }),
  );
  const leave = async (query: string): Promise<void> => {
    const before = books.calls.length;
    const controller = new AbortController();
    const asked = fetch(`${remote.world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: controller.signal,
    }).catch(() => undefined);
    await eventually(() => books.calls.length === before + 1);
    controller.abort();
    await asked;
  };

  await leave('{ books { id } }');
  await eventually(() => remote.servers.books.aborted === 1);
  await leave('mutation { signIn(name: "x") }');
  release?.();
  await eventually(() => remote.world.log.some(({ msg }) => msg === 'subgraph reports a fault'));

  expect(remote.servers.books.aborted).toBe(1);
});

test('a query is asked again on a connection that its owner closed, a mutation is not', async () => {
  await using remote = await aWorldOverHttp();
  const hangUpOnce = (): void => {
    remote.servers.books.server.prependOnceListener('request', (request) => {
      request.socket.destroy();
    });
  };

  hangUpOnce();
  const query = await remote.world.ask('{ books(first: 1) { id } }');
  hangUpOnce();
  const mutation = await remote.world.ask('mutation { signIn(name: "x") }');

  expect(query.body).toEqual({ data: { books: [{ id: 'b1' }] } });
  expect(mutation.body.data).toEqual({ signIn: null });
  expect(mutation.body.errors?.[0]).toMatchObject({ path: ['signIn'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } });
});
