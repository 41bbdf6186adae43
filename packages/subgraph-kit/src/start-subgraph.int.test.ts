import { connect } from 'node:net';
import { createSigner, accessAudience, accessIssuer, generateSigningKey } from '@tally/identity';
import { newId } from '@tally/kernel';
import { startTelemetry } from '@tally/runtime';
import { eventually } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { aShelf, gatewayHeaders } from '../test/shelf.ts';

const somebody = { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: [] } as const;
const entities = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Book { id title } } }';
const books = (count: number) => Array.from({ length: count }, (_, at) => ({ __typename: 'Book', id: String(at) }));
const codeOf = (body: { errors?: readonly { extensions: Readonly<Record<string, unknown>> }[] }) => body.errors?.[0]?.extensions['code'];

type Way = 'overHttp' | 'inProcess';

describe.each<Way>(['overHttp', 'inProcess'])('%s', (way) => {
  test('the gateway is answered on behalf of whom it names', async () => {
    await using shelf = await aShelf();
    const ask = shelf[way];
    expect(await ask({ query: '{ shelf me }' }, await shelf.by(somebody))).toEqual({
      status: 200,
      body: { data: { shelf: 'mine', me: somebody.userId } },
    });
    expect((await ask({ query: '{ shelf }' }, await shelf.by())).body).toEqual({ data: { shelf: 'mine' } });
    expect(codeOf((await ask({ query: '{ me }' }, await shelf.by())).body)).toBe('UNAUTHENTICATED');
  });

  describe('A11 whoever is not the gateway gets nothing', () => {
    const tokens: Readonly<Record<string, () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>>> = {
      'no token': () => ({}),
      'an empty token': () => ({ authorization: 'Bearer ' }),
      'another scheme': () => ({ authorization: 'Basic c2hlbGY6' }),
      'no token at all in a token': () => ({ authorization: 'Bearer a.b.c' }),
      'a forged token': async () => gatewayHeaders(await generateSigningKey(), somebody, 'shelf'),
      'headers that name an identity': () => ({ 'x-user-id': somebody.userId, 'x-forwarded-for': '127.0.0.1', authorization: '' }),
    };
    test.each(Object.entries(tokens))('with %s', async (_, headers) => {
      await using shelf = await aShelf();
      for (const query of ['{ __typename }', '{ _service { sdl } }', '{ shelf }', entities, 'no GraphQL', '{ slow }']) {
        const { status, body } = await shelf[way]({ query, variables: { representations: books(1) } }, await headers());
        expect([query, status, body]).toEqual([
          query,
          401,
          { errors: [{ message: 'A gateway token is required.', extensions: { code: 'UNAUTHENTICATED' } }] },
        ]);
      }
      expect(shelf.inside.resolved).toEqual([]);
    });
  });

  test('A12 a token for another subgraph, of another kind or older than a minute is refused, and the log says why', async () => {
    const now = { at: Date.UTC(2026, 0, 5, 8) };
    const clock = () => new Date(now.at);
    await using shelf = await aShelf({ clock });
    const foreign = await gatewayHeaders(shelf.key, somebody, 'orders', clock);
    const access = await createSigner({ kind: 'access', issuer: accessIssuer, key: shelf.key, clock }).sign(somebody, accessAudience);
    const good = await shelf.by(somebody);

    expect((await shelf[way]({ query: '{ me }' }, foreign)).status).toBe(401);
    expect((await shelf[way]({ query: '{ me }' }, { authorization: `Bearer ${access.token}` })).status).toBe(401);
    expect((await shelf[way]({ query: '{ me }' }, good)).status).toBe(200);
    now.at += 66_000;
    expect((await shelf[way]({ query: '{ me }' }, good)).status).toBe(401);

    expect(shelf.lines.map(({ fault }) => fault)).toEqual(['claims', 'header', 'expired']);
    expect(JSON.stringify(shelf.lines)).not.toContain(access.token);
  });

  test('A12 an identity comes from the token alone', async () => {
    await using shelf = await aShelf();
    const headers = { ...(await shelf.by(somebody)), 'x-user-id': newId('usr'), 'x-tally-user': newId('usr') };
    expect((await shelf[way]({ query: '{ me }' }, headers)).body.data).toEqual({ me: somebody.userId });
  });

  test.each<[string, unknown]>([
    ['no query', { variables: {} }],
    ['a query that is no text', { query: { kind: 'Document' } }],
    ['variables that are a list', { query: '{ shelf }', variables: [1] }],
    ['variables that are text', { query: '{ shelf }', variables: '{}' }],
    ['an operation name that is no text', { query: '{ shelf }', operationName: 7 }],
  ])('a body with %s is a bad request', async (_, body) => {
    await using shelf = await aShelf();
    const { status, body: answer } = await shelf[way](body, await shelf.by());
    expect([status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
  });

  test('variables and operation names may be null', async () => {
    await using shelf = await aShelf();
    const body = { query: 'query A { shelf }', variables: null, operationName: null };
    expect((await shelf[way](body, await shelf.by())).status).toBe(200);
  });

  test.each([
    ['that cannot be parsed', '{ shelf', 'GRAPHQL_PARSE_FAILED'],
    ['that asks for what is not there', '{ shelv }', 'GRAPHQL_VALIDATION_FAILED'],
    ['that asks for the schema', '{ __schema { queryType { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with a variable of another type', 'query ($id: ID!) { book(id: $id) { id } }', 'BAD_USER_INPUT'],
    ['with an argument that a scalar refuses', '{ double(of: "7") }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('an operation %s is refused without suggestions', async (_, query, code) => {
    await using shelf = await aShelf();
    const { status, body } = await shelf[way]({ query, variables: { id: { a: 1 } } }, await shelf.by());
    expect([status, codeOf(body)]).toEqual([400, code]);
    expect(JSON.stringify(body)).not.toMatch(/did you mean|stack/i);
  });

  test('entities are resolved in the order they were asked for', async () => {
    await using shelf = await aShelf();
    const representations = [...books(2), { __typename: 'Book', id: 'none' }];
    expect((await shelf[way]({ query: entities, variables: { representations } }, await shelf.by())).body).toEqual({
      data: { _entities: [{ id: '0', title: 'Book 0' }, { id: '1', title: 'Book 1' }, null] },
    });
  });

  test('500 representations at once are answered, one more is refused wherever it stands, before any resolver ran', async () => {
    await using shelf = await aShelf();
    const headers = await shelf.by();
    const ask = (query: string, variables: object) => shelf[way]({ query, variables }, headers);
    expect((await ask(entities, { representations: books(500) })).status).toBe(200);
    shelf.inside.resolved.length = 0;

    const literal = books(501).map(({ id }) => `{ __typename: "Book", id: "${id}" }`);
    const answers = [
      await ask(entities, { representations: books(501) }),
      await ask(entities.replaceAll('representations:', 'representations: ').replaceAll('$representations', '$r'), { r: books(501) }),
      await ask(`{ _entities(representations: [${literal.join(' ')}]) { __typename } }`, {}),
      await ask(
        'query ($r: [_Any!]!) { a: _entities(representations: $r) { __typename } b: _entities(representations: $r) { __typename } }',
        {
          r: books(251),
        },
      ),
    ];

    expect(answers.map(({ status, body }) => [status, codeOf(body)])).toEqual(answers.map(() => [400, 'LIMIT_EXCEEDED']));
    expect(shelf.inside.resolved).toEqual([]);
  });

  test('A5 a representation of a type by the name of a prototype is an error of its place and pollutes nothing', async () => {
    await using shelf = await aShelf();
    for (const __typename of ['__proto__', 'constructor', 'toString', 'Query']) {
      const { body } = await shelf[way](
        { query: entities, variables: { representations: [{ __typename, id: '1', polluted: true }] } },
        await shelf.by(),
      );
      expect(body.errors).toHaveLength(1);
    }
    expect('polluted' in {}).toBe(false);
  });

  describe('A9 a fault', () => {
    test('is masked, and the log has all of it under the trace id of the answer', async () => {
      await using shelf = await aShelf();
      const { status, body } = await shelf[way]({ query: '{ shelf broken }' }, await shelf.by());

      const traceId = body.errors?.[0]?.extensions['traceId'];
      expect([status, body]).toEqual([
        200,
        {
          data: { shelf: 'mine', broken: null },
          errors: [{ message: 'Something went wrong.', path: ['broken'], extensions: { code: 'INTERNAL', traceId } }],
        },
      ]);
      expect(traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      expect(shelf.lines).toMatchObject([
        {
          ...{ level: 'error', trace_id: traceId, path: ['broken'] },
          err: { message: expect.stringContaining('SELECT secret') as string, stack: expect.stringContaining('shelf.ts') as string },
        },
      ]);
      expect(shelf.lines[0]).toMatchObject({ err: { cause: { type: 'RangeError', message: 'deeper' } } });
    });

    test.each([
      ['coded', 'INTERNAL'],
      ['unreachable', 'SUBGRAPH_UNAVAILABLE'],
      ['price(of: 1.5)', 'INTERNAL'],
      ['book(id: "1") { id }', 'NOT_FOUND'],
    ])('%s is %s, of the closed list, and shows nothing', async (field, code) => {
      await using shelf = await aShelf();
      const { body } = await shelf[way]({ query: `{ ${field} }` }, await shelf.by());
      expect(codeOf(body)).toBe(code);
      expect(JSON.stringify(body)).not.toMatch(/10\.0\.0\.7|P2002|terminated|stack|meta/);
    });

    test('in making the context is masked as well', async () => {
      await using shelf = await aShelf();
      shelf.inside.context = () => {
        throw new Error('of 10.0.0.7');
      };
      const { status, body } = await shelf[way]({ query: '{ shelf }' }, await shelf.by());
      expect([status, codeOf(body)]).toEqual([500, 'INTERNAL']);
      expect(JSON.stringify(body)).not.toContain('10.0.0.7');
    });
  });

  test('an answer belongs to the trace of its request, and its time is measured', async () => {
    await using telemetry = startTelemetry({ service: 'test' });
    await using shelf = await aShelf();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const { body } = await shelf[way]({ query: '{ broken }' }, { ...(await shelf.by()), traceparent: `00-${traceId}-b7ad6b7169203331-01` });

    expect(body.errors?.[0]?.extensions['traceId']).toBe(traceId);
    expect(await telemetry.metrics()).toMatch(/^http_server_request_duration_seconds_count\{.*subgraph="shelf".*status="200".*\} 1/m);
  });

  test('disposal lets what was accepted finish', async () => {
    await using shelf = await aShelf();
    const [reached, finish] = [Promise.withResolvers<undefined>(), Promise.withResolvers<string>()];
    shelf.inside.slow = () => {
      reached.resolve(undefined);
      return finish.promise;
    };
    const asking = shelf[way]({ query: '{ slow }' }, await shelf.by());
    await reached.promise;

    let disposed = false;
    const disposing = shelf.subgraph[Symbol.asyncDispose]().then(() => (disposed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(disposed).toBe(false);
    finish.resolve('at last');

    expect(await asking).toEqual({ status: 200, body: { data: { slow: 'at last' } } });
    await disposing;
  });
});

/** Asks for readiness twice on one connection; the end of the second request is sent on demand. */
async function aProbe(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  const request = 'GET /health/ready HTTP/1.1\r\nhost: a\r\n';
  socket.write(`${request}\r\n${request}`);
  return {
    finishRequest: () => socket.write('\r\n'),
    async answer() {
      await eventually(() => received.endsWith('}'));
      return received.slice(received.lastIndexOf('HTTP/1.1'));
    },
  };
}

describe('over HTTP alone', () => {
  const post = async (url: string, headers: Readonly<Record<string, string>>, body: string) => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Parameters<typeof codeOf>[0] };
  };
  const json = { 'content-type': 'application/json' };

  test.each([
    ['no JSON', '{ "query": ', json, 400, 'BAD_REQUEST'],
    ['nothing', '', json, 400, 'BAD_REQUEST'],
    ['a list', '[{ "query": "{ shelf }" }]', json, 400, 'BAD_REQUEST'],
    ['null', 'null', json, 400, 'BAD_REQUEST'],
    ['a prototype', '{ "query": "{ shelf }", "variables": { "__proto__": { "polluted": true } } }', json, 400, 'BAD_REQUEST'],
    ['plain text', '{ "query": "{ shelf }" }', { 'content-type': 'text/plain' }, 415, 'BAD_REQUEST'],
    ['a form', 'query={shelf}', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'BAD_REQUEST'],
    ['more than 4 MiB', `{ "query": "${'x'.repeat(4 * 1024 * 1024)}" }`, json, 413, 'LIMIT_EXCEEDED'],
  ] as const)('a body that is %s is refused in the shape of GraphQL, naming no library', async (_, body, headers, status, code) => {
    await using shelf = await aShelf();
    const answer = await post(shelf.url, { ...headers, ...(await shelf.by()) }, body);
    expect([answer.status, codeOf(answer.body)]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toMatch(/FST_|fastify|Unexpected token/i);
  });

  test('A11 whoever has no token is refused before the body is read', async () => {
    await using shelf = await aShelf();
    expect((await post(shelf.url, json, '{ "query": ')).status).toBe(401);
    expect((await post(shelf.url, { 'content-type': 'text/plain' }, 'x')).status).toBe(401);
  });

  test('there is no other way in, and no word of what runs here', async () => {
    await using shelf = await aShelf();
    for (const path of ['/', '/graphql', '/graphql?query={shelf}', '/.well-known/apollo/server-health']) {
      const response = await fetch(shelf.url + path, { headers: await shelf.by() });
      expect([path, response.status]).toEqual([path, 404]);
      expect([response.headers.get('server'), response.headers.get('x-powered-by')]).toEqual([null, null]);
      expect(codeOf((await response.json()) as Parameters<typeof codeOf>[0])).toBe('NOT_FOUND');
    }
  });

  test('health and the subgraph’s own routes need no token', async () => {
    await using shelf = await aShelf({ routes: (app) => void app.get('/.well-known/jwks.json', () => ({ keys: [] })) });
    const get = async (path: string) => (await fetch(shelf.url + path)).json();
    expect(await get('/.well-known/jwks.json')).toEqual({ keys: [] });
    expect(await get('/health/live')).toEqual({ status: 'live' });
    expect(await get('/health/ready')).toEqual({ status: 'ready', dependencies: { database: 'ok' } });
  });

  test('an own route that fails is masked as well', async () => {
    await using shelf = await aShelf({
      routes: (app) =>
        void app.get('/failing', () => {
          throw new Error('of 10.0.0.7');
        }),
    });
    const response = await fetch(`${shelf.url}/failing`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('10.0.0.7');
  });

  test('from the start of the disposal on it is unready, while work is still served', async () => {
    await using shelf = await aShelf();
    const [reached, finish] = [Promise.withResolvers<undefined>(), Promise.withResolvers<string>()];
    shelf.inside.slow = () => {
      reached.resolve(undefined);
      return finish.promise;
    };
    const asking = shelf.overHttp({ query: '{ slow }' }, await shelf.by());
    await reached.promise;
    // A connection that is in the middle of its second request, and so is not closed for being idle.
    const probe = await aProbe(shelf.url);
    expect(await probe.answer()).toMatch(/^HTTP\/1\.1 200[^]*"ready"/);

    const disposing = shelf.subgraph[Symbol.asyncDispose]();
    probe.finishRequest();
    await eventually(async () => expect(await probe.answer()).toMatch(/^HTTP\/1\.1 503[^]*connection: close[^]*"not ready"/));
    finish.resolve('at last');

    expect((await asking).body).toEqual({ data: { slow: 'at last' } });
    await disposing;
    await expect(fetch(`${shelf.url}/health/ready`)).rejects.toThrow();
  });

  test('a port that is taken is one line', async () => {
    await using shelf = await aShelf();
    const port = Number(new URL(shelf.url).port);
    await expect(aShelf({ http: { port, host: '127.0.0.1' } })).rejects.toThrow(/^port \d+ of 127\.0\.0\.1: the port is taken/);
  });
});

test('in-process, a request after the end is refused and not thrown', async () => {
  const shelf = await aShelf({ http: null });
  const headers = await shelf.by();
  expect(shelf.subgraph.url).toBeNull();
  await shelf.subgraph[Symbol.asyncDispose]();
  const { status, body } = await shelf.inProcess({ query: '{ shelf }' }, headers);
  expect([status, codeOf(body)]).toEqual([503, 'SUBGRAPH_UNAVAILABLE']);
});
