import { newId, newShardedId, type Id } from '@tally/kernel';
import type { Caller } from '@tally/identity';
import { encodeCursor } from '@tally/subgraph-kit';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aNotificationsWorld, aUser, staff, type NotificationsWorld } from './notifications-world.ts';

const one = 'query ($id: ID!) { notification(id: $id) { id } }';
const undelivered = 'query ($first: Int!, $after: String) { undelivered(first: $first, after: $after) { edges { node { id } } } }';
const replay = 'query ($after: Int) { notificationEvents(afterSequence: $after) { sequence } }';
const markRead = 'mutation ($ids: [ID!]!) { notificationsMarkRead(ids: $ids) { notifications { id } userErrors { code field } } }';
const resend = 'mutation ($ids: [ID!]!) { notificationsResend(ids: $ids) { notifications { id } userErrors { code field } } }';
const page = `query ($id: ID!, $first: Int, $after: String) { _entities(representations: [{ __typename: "User", id: $id }]) {
  ... on User { notifications(first: $first, after: $after) { edges { node { id } } } }
} }`;

interface Given {
  readonly me: Id<'usr'>;
  readonly mine: Id<'ntf'>;
  readonly foreign: Id<'ntf'>;
}

interface Case {
  readonly query: string;
  readonly variables: (given: Given) => Record<string, unknown>;
  readonly caller?: Caller;
  /** Code in `errors`, or code and field of the one user error. */
  readonly answer: string | readonly [string, string];
}

const asked = (id: unknown, answer: string): Case => ({ query: one, variables: () => ({ id }), answer });
const marked = (ids: readonly unknown[], ...answer: [string, string]): Case => ({ query: markRead, variables: () => ({ ids }), answer });
const paged = (variables: Record<string, unknown>): Case => ({
  query: page,
  variables: ({ me }) => ({ id: me, ...variables }),
  answer: 'BAD_USER_INPUT',
});
const cursor = (...parts: readonly (string | number | null)[]): string => encodeCursor(parts);
const aDay = 1_800_000_000_000;

const cases: Record<string, Case> = {
  'a malformed id': asked('nonsense', 'BAD_USER_INPUT'),
  'an empty id': asked('', 'BAD_USER_INPUT'),
  'an upper-case id': asked(newId('ntf').toUpperCase(), 'BAD_USER_INPUT'),
  'the id of an order where a notification belongs': asked(newShardedId('ord', 7), 'BAD_USER_INPUT'),
  'an id with SQL behind it': asked(`${newId('ntf')}' OR 1=1 --`, 'BAD_USER_INPUT'),
  'a notification that does not exist': asked(newId('ntf'), 'NOT_FOUND'),
  'A10: a notification of somebody else': { query: one, variables: ({ foreign }) => ({ id: foreign }), answer: 'NOT_FOUND' },
  'a malformed id among those to mark': marked(['nonsense'], 'INVALID', 'ids.0'),
  'the id of a user among those to mark': marked([newId('usr')], 'INVALID', 'ids.0'),
  'a missing id among those to mark': marked([newId('ntf')], 'NOT_FOUND', 'ids.0'),
  'A10: a foreign id among those to mark': {
    query: markRead,
    variables: ({ foreign }) => ({ ids: [foreign] }),
    answer: ['NOT_FOUND', 'ids.0'],
  },
  'too many ids to mark': {
    query: markRead,
    variables: ({ mine }) => ({ ids: Array.from({ length: 251 }, () => mine) }),
    answer: ['INVALID', 'ids'],
  },
  'ids to mark that are a number': { query: markRead, variables: () => ({ ids: { a: 1 } }), answer: 'BAD_USER_INPUT' },
  'ids to mark with a hole': { query: markRead, variables: () => ({ ids: [null] }), answer: 'BAD_USER_INPUT' },
  'marked by nobody': {
    query: markRead,
    variables: ({ mine }) => ({ ids: [mine] }),
    caller: { kind: 'anonymous' },
    answer: 'UNAUTHENTICATED',
  },
  'marked by a service': {
    query: markRead,
    variables: ({ mine }) => ({ ids: [mine] }),
    caller: { kind: 'service', serviceId: newId('svc'), scopes: ['notifications:manage'] },
    answer: 'UNAUTHENTICATED',
  },
  'A10: marked by staff': { query: markRead, variables: ({ mine }) => ({ ids: [mine] }), caller: staff, answer: ['NOT_FOUND', 'ids.0'] },
  'sent again by its user': { query: resend, variables: ({ mine }) => ({ ids: [mine] }), answer: 'FORBIDDEN' },
  'sent again by nobody': {
    query: resend,
    variables: ({ mine }) => ({ ids: [mine] }),
    caller: { kind: 'anonymous' },
    answer: 'UNAUTHENTICATED',
  },
  'too many ids to send again': {
    query: resend,
    variables: ({ mine }) => ({ ids: Array.from({ length: 251 }, () => mine) }),
    caller: staff,
    answer: ['INVALID', 'ids'],
  },
  'a missing id to send again': {
    query: resend,
    variables: () => ({ ids: [newId('ntf')] }),
    caller: staff,
    answer: ['NOT_FOUND', 'ids.0'],
  },
  'the list of what was given up, for a user': { query: undelivered, variables: () => ({ first: 1 }), answer: 'FORBIDDEN' },
  'the list of what was given up, for nobody': {
    query: undelivered,
    variables: () => ({ first: 1 }),
    caller: { kind: 'anonymous' },
    answer: 'UNAUTHENTICATED',
  },
  'an empty page of what was given up': { query: undelivered, variables: () => ({ first: 0 }), caller: staff, answer: 'BAD_USER_INPUT' },
  'a cursor of another list': {
    query: undelivered,
    variables: ({ mine }) => ({ first: 1, after: cursor(aDay, mine, 'all') }),
    caller: staff,
    answer: 'BAD_USER_INPUT',
  },
  'an empty page': paged({ first: 0 }),
  'a page of a negative size': paged({ first: -1 }),
  'a page that is too large': paged({ first: 101 }),
  'a cursor that is none': paged({ after: 'nonsense' }),
  'a cursor with an empty list': paged({ after: cursor() }),
  'a cursor of another list of mine': paged({ after: cursor(aDay, newId('ntf'), 'unread') }),
  'a cursor with another kind of id': paged({ after: cursor(aDay, newId('usr'), 'all') }),
  'a cursor without a moment': paged({ after: cursor(null, newId('ntf'), 'all') }),
  'a cursor of a moment that PostgreSQL lacks': paged({ after: cursor(-8_640_000_000_000_000, newId('ntf'), 'all') }),
  'a cursor of a moment that is no whole number': paged({ after: cursor(0.5, newId('ntf'), 'all') }),
  'a replay after a negative sequence': { query: replay, variables: () => ({ after: -1 }), answer: 'BAD_USER_INPUT' },
  'a replay after a sequence ahead': { query: replay, variables: () => ({ after: 2_147_483_647 }), answer: 'SEQUENCE_AHEAD' },
  'a replay after a sequence that is too large': { query: replay, variables: () => ({ after: 2_147_483_648 }), answer: 'BAD_USER_INPUT' },
  'a replay for a service': {
    query: replay,
    variables: () => ({ after: 0 }),
    caller: { kind: 'service', serviceId: newId('svc'), scopes: [] },
    answer: 'UNAUTHENTICATED',
  },
};

/** Every row of every table that a request could touch. */
const everything = async ({ sql }: NotificationsWorld): Promise<unknown> =>
  Promise.all(
    ['notification', 'inbox_stream', 'contact', 'known_order', 'outbox', 'inbox', 'idempotency'].map((table) =>
      sql.rows(`SELECT * FROM ${table} ORDER BY 1`),
    ),
  );

test('bad input is answered as it should be and changes no row', async () => {
  await using world = await aNotificationsWorld();
  const { userId: me, ids } = await world.told(1);
  const { ids: others } = await world.told(1);
  await world.delivered();
  const given: Given = { me, mine: ids[0]!, foreign: others[0]! };
  const before = await everything(world);

  for (const [name, { query, variables, caller = aUser(me), answer }] of Object.entries(cases)) {
    const { data, codes } = await world.ask(caller, query, variables(given));
    const payload = Object.values(data ?? {})[0] as { userErrors?: { code: string; field: string[] }[] } | null | undefined;
    const got = codes.length > 0 ? codes[0] : payload?.userErrors?.map(({ code, field }) => [code, field.join('.')])[0];
    expect(got, name).toEqual(answer);
    expect(await everything(world), name).toEqual(before);
  }
});

test('what can be marked is marked; what cannot says so at its own place', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(2);
  const { ids: foreign } = await world.told(1);

  const { data } = await world.ask(aUser(userId), markRead, { ids: [ids[1], 'nonsense', foreign[0], ids[0]] });

  expect(data?.['notificationsMarkRead']).toEqual({
    notifications: [{ id: ids[1] }, { id: ids[0] }],
    userErrors: [
      { code: 'INVALID', field: ['ids', '1'] },
      { code: 'NOT_FOUND', field: ['ids', '2'] },
    ],
  });
});

test('nothing to do is done', async () => {
  await using world = await aNotificationsWorld();

  expect((await world.ask(aUser(), markRead, { ids: [] })).data).toEqual({ notificationsMarkRead: { notifications: [], userErrors: [] } });
  expect((await world.ask(staff, resend, { ids: [] })).data).toEqual({ notificationsResend: { notifications: [], userErrors: [] } });
});

test('A11: asked directly, without a gateway token, notifications answers nothing', async () => {
  await using world = await aNotificationsWorld();
  for (const [query, headers] of [
    ['{ __typename }', {}],
    ['{ _service { sdl } }', {}],
    ['{ _service { sdl } }', { authorization: 'Bearer forged.token.here' }],
  ] as const) {
    expect(await world.askDirectly(query, headers)).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
  }
});

test('events that cannot be read park their key and write nothing else', async () => {
  await using world = await aNotificationsWorld();
  const order = newShardedId('ord', 7);
  await world.publish('orders.order.v1', 'OrderPlaced', order, { order: { id: order } } as never);
  await world.publish('users.user.v1', 'UserChanged', newId('usr'), { user: { id: 'nonsense' } } as never);

  await eventually(async () => expect(await world.sql.number('SELECT count(*) FROM dead_letter')).toBe(2));
  expect(await world.sql.rows('SELECT * FROM known_order')).toEqual([]);
  expect(await world.sql.rows('SELECT * FROM contact')).toEqual([]);
});
