import { newId, newShardedId, type Id } from '@tally/kernel';
import { expect, test } from 'vitest';
import type { Caller } from '@tally/identity';
import { aNotificationsWorld, aUser, staff, type NotificationsWorld } from './notifications-world.ts';

const one = 'query ($id: ID!) { notification(id: $id) { id template body } }';
const whole = `query ($id: ID!) { notification(id: $id) {
  id channel template status attempts subject body html order { id } createdAt sentAt readAt
} }`;
const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Notification { id subject }
  ... on Order { id told: notifications { id template } }
  ... on User { id notifications { edges { node { id } } unreadCount } }
} }`;
const page = `query ($representations: [_Any!]!, $first: Int, $after: String, $unread: Boolean) { _entities(representations: $representations) {
  ... on User { notifications(first: $first, after: $after, unread: $unread) {
    edges { cursor node { id subject body } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } unreadCount
  } }
} }`;
const undelivered = `query ($first: Int!, $after: String) { undelivered(first: $first, after: $after) {
  edges { cursor node { id status } } pageInfo { hasNextPage hasPreviousPage endCursor }
} }`;
const markRead = 'mutation ($ids: [ID!]!) { notificationsMarkRead(ids: $ids) { notifications { id readAt } userErrors { code field } } }';
const replay = 'query ($after: Int) { notificationEvents(afterSequence: $after) { sequence occurredAt notification { id template } } }';

interface PageAnswer {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly unreadCount: number;
}

const pageOf = async (world: NotificationsWorld, caller: Caller, userId: string, variables: object = {}): Promise<PageAnswer | null> => {
  const representations = [{ __typename: 'User', id: userId }];
  const { data, codes } = await world.ask(caller, page, { representations, ...variables });
  expect(codes).toEqual([]);
  return (data?.['_entities'] as [{ notifications: PageAnswer | null }])[0].notifications;
};

const eventsOf = async (world: NotificationsWorld, caller: Caller, after: number | null) => {
  const { data, codes } = await world.ask(caller, replay, { after });
  return {
    codes,
    events: (data?.['notificationEvents'] ?? null) as { sequence: number; occurredAt: string; notification: { id: string } }[] | null,
  };
};

test('a notification shows what was sent, and its order', async () => {
  await using world = await aNotificationsWorld();
  const { userId, orders, ids } = await world.told(1);
  await world.delivered();
  const [row] = await world.rows(userId);

  const { data, codes } = await world.ask(aUser(userId), whole, { id: ids[0] });

  expect(codes).toEqual([]);
  expect(data?.['notification']).toEqual({
    id: ids[0],
    channel: 'EMAIL',
    template: 'ORDER_CONFIRMED',
    status: 'SENT',
    attempts: 1,
    subject: row?.['subject'],
    body: row?.['text'],
    html: row?.['html'],
    order: { id: orders[0]?.id },
    createdAt: (row?.['created_at'] as Date).toISOString(),
    sentAt: (row?.['sent_at'] as Date).toISOString(),
    readAt: null,
  });
});

test('A10 who sees what: a notification, those of an order and those of a user', async () => {
  await using world = await aNotificationsWorld();
  const { userId, orders, ids } = await world.told(1);
  const representations = [
    { __typename: 'Notification', id: ids[0] },
    { __typename: 'Order', id: orders[0]?.id },
    { __typename: 'User', id: userId },
  ];
  const callers: readonly (readonly [string, Caller, boolean, boolean, boolean])[] = [
    ['its user', aUser(userId), true, true, true],
    ['staff with the scope', staff, true, true, false],
    ['somebody else', aUser(), false, false, false],
    ['staff without the scope', aUser(newId('usr'), 'orders:read:any'), false, false, false],
    ['a service with the scope', { kind: 'service', serviceId: newId('svc'), scopes: ['notifications:manage'] }, true, true, false],
    ['a service', { kind: 'service', serviceId: newId('svc'), scopes: [] }, false, false, false],
    ['nobody', { kind: 'anonymous' }, false, false, false],
  ];
  for (const [name, caller, seesIt, seesOrder, seesPage] of callers) {
    const direct = await world.ask(caller, one, { id: ids[0] });
    const { data, codes } = await world.ask(caller, entities, { representations });
    const [notification, order, user] = data?.['_entities'] as [unknown, { told: unknown }, { notifications: unknown }];

    expect([direct.codes, direct.data?.['notification'] !== null], name).toEqual(seesIt ? [[], true] : [['NOT_FOUND'], false]);
    expect(codes, name).toEqual([]);
    expect(notification, name).toEqual(seesIt ? { id: ids[0], subject: expect.any(String) as string } : null);
    expect(order.told, name).toEqual(seesOrder ? [{ id: ids[0], template: 'ORDER_CONFIRMED' }] : []);
    expect(user.notifications, name).toEqual(seesPage ? { edges: [{ node: { id: ids[0] } }], unreadCount: 1 } : null);
  }
});

test('A10 a missing notification and a foreign one look alike, and so do orders', async () => {
  await using world = await aNotificationsWorld();
  const { orders, ids } = await world.told(1);
  const stranger = aUser();
  const orderOf = async (id: unknown) =>
    (await world.ask(stranger, entities, { representations: [{ __typename: 'Order', id }] })).data?.['_entities'];

  const foreign = await world.ask(stranger, one, { id: ids[0] });
  const missing = await world.ask(stranger, one, { id: newId('ntf') });

  expect(foreign).toEqual(missing);
  expect(await orderOf(orders[0]?.id)).toEqual([{ id: orders[0]?.id, told: [] }]);
  const unknown = newShardedId('ord', 7);
  expect(await orderOf(unknown)).toEqual([{ id: unknown, told: [] }]);
});

test('what an order’s buyer was told comes oldest first', async () => {
  await using world = await aNotificationsWorld();
  const { userId, orders } = await world.told(1);
  const [order] = orders;
  if (order === undefined) throw new Error('no order');
  for (const status of ['PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED'] as const) {
    await world.becomes(order, status);
    await world.caughtUp();
  }

  const { data } = await world.ask(aUser(userId), entities, { representations: [{ __typename: 'Order', id: order.id }] });
  const [{ told }] = data?.['_entities'] as [{ told: { template: string }[] }];
  expect(told.map(({ template }) => template)).toEqual(['ORDER_CONFIRMED', 'ORDER_SHIPPED', 'ORDER_SHIPPED', 'ORDER_DELIVERED']);
});

test('pages run newest first and find every notification once, also when new ones come and moments coincide', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(7);
  await world.sql.execute(`UPDATE notification SET created_at = date_trunc('day', created_at)`);
  const me = aUser(userId);

  const seen: string[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: PageAnswer | null = await pageOf(world, me, userId, { first: 3, after });
    seen.push(...(answer?.edges ?? []).map(({ node }) => node.id));
    expect(answer?.pageInfo.hasPreviousPage).toBe(after !== null);
    after = answer?.pageInfo.endCursor ?? null;
    if (answer?.pageInfo.hasNextPage !== true) break;
    await world.told(1, userId);
  }

  expect(seen).toEqual([...ids].sort().reverse());
  expect((await pageOf(world, me, userId, { first: 100 }))?.edges).toHaveLength(9);
});

test('`unread: true` leaves out what was read, and the count is of all', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(4);
  const me = aUser(userId);
  await world.ask(me, markRead, { ids: [ids[1], ids[2]] });

  const unread = await pageOf(world, me, userId, { first: 1, unread: true });
  const next = await pageOf(world, me, userId, { first: 1, unread: true, after: unread?.pageInfo.endCursor });
  const all = await pageOf(world, me, userId, { first: 100, unread: false });

  expect([unread, next].map((answer) => answer?.edges.map(({ node }) => node.id))).toEqual([[ids[3]], [ids[0]]]);
  expect([unread?.unreadCount, all?.unreadCount]).toEqual([2, 2]);
  expect([next?.pageInfo.hasNextPage, all?.edges.length]).toEqual([false, 4]);
});

test('the count of what is unread stops at 10,001', async () => {
  await using world = await aNotificationsWorld({ captured: true });
  const { userId } = await world.told(1);
  await world.delivered();
  await world.sql.execute(
    `INSERT INTO notification (id, event_id, channel, user_id, template, subject, text, html, status, sent_at, give_up_at, message_id, sequence)
     SELECT gen_random_uuid(), gen_random_uuid(), channel, user_id, template, subject, text, html, status, sent_at, give_up_at, message_id, n
     FROM notification, generate_series(2, 10050) AS n`,
  );

  expect((await pageOf(world, aUser(userId), userId, { first: 1 }))?.unreadCount).toBe(10_001);
});

test('reading marks once: the second time changes nothing and tells nothing', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(3);
  const me = aUser(userId);

  const first = await world.ask(me, markRead, { ids: [ids[2], ids[0], ids[2]] });
  const rows = await world.rows(userId);
  const second = await world.ask(me, markRead, { ids: [ids[2], ids[0], ids[2]] });

  const payload = first.data?.['notificationsMarkRead'] as { notifications: { id: string; readAt: string }[] };
  expect(payload).toMatchObject({ notifications: [{ id: ids[2] }, { id: ids[0] }], userErrors: [] });
  expect(payload.notifications.every(({ readAt }) => readAt !== null)).toBe(true);
  expect(second.data).toEqual(first.data);
  expect(await world.rows(userId)).toEqual(rows);
  expect(
    (await world.events(userId)).map(({ type, sequence, data }) => [type, sequence, (data['notification'] as { id: string }).id]),
  ).toEqual([
    ...ids.map((id, at) => ['NotificationCreated', at + 1, id]),
    ['NotificationRead', 4, [ids[0], ids[2]].sort()[0]],
    ['NotificationRead', 5, [ids[0], ids[2]].sort()[1]],
  ]);
});

test('many who mark the same at once mark it once', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(4);

  await Promise.all(Array.from({ length: 8 }, () => world.ask(aUser(userId), markRead, { ids })));

  expect((await world.events(userId)).filter(({ type }) => type === 'NotificationRead').map(({ sequence }) => sequence)).toEqual([
    5, 6, 7, 8,
  ]);
});

test('a replay gives what came after a sequence, oldest first; what was read leaves holes', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(3);
  const me = aUser(userId);
  await world.ask(me, markRead, { ids: [ids[0]] });
  const { ids: later } = await world.told(1, userId);
  const rows = await world.rows(userId);

  const all = await eventsOf(world, me, 0);
  const some = await eventsOf(world, me, 2);

  expect(all.events).toEqual(
    [...ids, ...later].map((id, at) => ({
      sequence: [1, 2, 3, 5][at],
      occurredAt: (rows[at]?.['created_at'] as Date).toISOString(),
      notification: { id, template: 'ORDER_CONFIRMED' },
    })),
  );
  expect(some.events?.map(({ sequence }) => sequence)).toEqual([3, 5]);
  expect((await eventsOf(world, me, 4)).events?.map(({ sequence }) => sequence)).toEqual([5]);
  expect(await eventsOf(world, me, 5)).toEqual({ codes: [], events: [] });
});

test('a replay without a sequence is the newest event alone, one ahead of everything is refused', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(2);
  const me = aUser(userId);

  expect((await eventsOf(world, me, null)).events).toMatchObject([{ sequence: 2, notification: { id: ids[1] } }]);
  expect(await eventsOf(world, me, 3)).toEqual({ codes: ['SEQUENCE_AHEAD'], events: null });
  expect(await eventsOf(world, me, -1)).toEqual({ codes: ['BAD_USER_INPUT'], events: null });
  expect(await eventsOf(world, aUser(), null)).toEqual({ codes: [], events: [] });
  expect(await eventsOf(world, aUser(), 0)).toEqual({ codes: [], events: [] });
  expect(await eventsOf(world, aUser(), 1)).toEqual({ codes: ['SEQUENCE_AHEAD'], events: null });
  expect(await eventsOf(world, { kind: 'anonymous' }, 0)).toEqual({ codes: ['UNAUTHENTICATED'], events: null });
});

test('a replay is at most a thousand events, the oldest of them', async () => {
  await using world = await aNotificationsWorld({ captured: true });
  const { userId } = await world.told(1);
  await world.delivered();
  await world.sql.execute(
    `INSERT INTO notification (id, event_id, channel, user_id, template, subject, text, html, status, sent_at, give_up_at, message_id, sequence)
     SELECT gen_random_uuid(), gen_random_uuid(), channel, user_id, template, subject, text, html, status, sent_at, give_up_at, message_id, n
     FROM notification, generate_series(2, 1200) AS n`,
  );
  await world.sql.execute('UPDATE inbox_stream SET sequence = 1200');

  const { events } = await eventsOf(world, aUser(userId), 100);

  expect([events?.length, events?.at(0)?.sequence, events?.at(-1)?.sequence]).toEqual([1_000, 101, 1_100]);
});

test('what was given up is listed for staff, newest first, in pages', async () => {
  await using world = await aNotificationsWorld();
  world.mailServer.answer({ to: 'RCPT', code: 550 });
  const { ids } = await world.told(3);
  await world.delivered();

  const first = (await world.ask(staff, undelivered, { first: 2 })).data?.['undelivered'] as PageAnswer;
  const second = (await world.ask(staff, undelivered, { first: 2, after: first.pageInfo.endCursor })).data?.['undelivered'] as PageAnswer;

  expect([...first.edges, ...second.edges].map(({ node }) => node)).toEqual([...ids].reverse().map((id) => ({ id, status: 'DEAD' })));
  expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage, second.pageInfo.hasPreviousPage]).toEqual([true, false, true]);
});

test('the number of statements does not grow with the page', async () => {
  await using world = await aNotificationsWorld({ captured: true });
  const { userId, ids } = await world.told(12);
  await world.delivered();
  await world.stop();
  await world.restart({ pollMs: 60_000 });
  const me = aUser(userId);
  const countOf = async (ask: () => Promise<unknown>): Promise<number> => {
    world.statements();
    await ask();
    return world.statements().filter((text) => /from notification/i.test(text) && !/lease_until|min\(created_at\)/.test(text)).length;
  };
  const refs = (list: readonly Id<'ntf'>[]) => ({ representations: list.map((id) => ({ __typename: 'Notification', id })) });

  expect(await countOf(() => pageOf(world, me, userId, { first: 1 }))).toBe(3);
  expect(await countOf(() => pageOf(world, me, userId, { first: 100 }))).toBe(3);
  expect(await countOf(() => world.ask(me, entities, refs(ids.slice(0, 1))))).toBe(1);
  expect(await countOf(() => world.ask(me, entities, refs(ids)))).toBe(1);
});
