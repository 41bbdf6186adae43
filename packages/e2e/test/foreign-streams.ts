import { newId, newShardedId, shardCount } from '@tally/kernel';
import { documentOf } from '../src/client/documents.ts';

/** Of an order that nobody has placed. */
export const missingId = (): string => newShardedId('ord', shardCount - 1);

const [mine, feed] = [documentOf('MyOrders'), documentOf('NotificationFeed')];

export const track = documentOf('TrackOrder');

/** Nothing but what an event holds itself: the same for everybody. */
export const eventOnly = 'subscription($orderId: ID!) { orderStatusChanged(orderId: $orderId) { sequence status order { id } } }';

/** Who asks for what in vain: the caller's scopes, or nobody; what they send, given another's order; the code of the refusal. */
export interface Attempt {
  readonly by: readonly string[] | 'nobody';
  readonly query: string;
  readonly variables?: (foreign: { readonly orderId: string; readonly buyerId: string }) => Readonly<Record<string, unknown>>;
  readonly code: string;
}

/** All scopes but the one that lets an order be read. */
export const everyOtherScope = ['catalogue:write', 'stock:write', 'stock:read', 'orders:fulfil', 'payments:read', 'notifications:manage'];

export const attempts: Readonly<Record<string, Attempt>> = {
  'another’s order': { by: [], query: track, variables: ({ orderId }) => ({ orderId }), code: 'NOT_FOUND' },
  'another’s order, only what its events hold': { by: [], query: eventOnly, variables: ({ orderId }) => ({ orderId }), code: 'NOT_FOUND' },
  'another’s order from its beginning': {
    by: [],
    query: track,
    variables: ({ orderId }) => ({ orderId, afterSequence: 0 }),
    code: 'NOT_FOUND',
  },
  'another’s order from beyond its end': {
    by: [],
    query: track,
    variables: ({ orderId }) => ({ orderId, afterSequence: 1_000 }),
    code: 'NOT_FOUND',
  },
  'another’s order, with every scope but the one': {
    by: everyOtherScope,
    query: track,
    variables: ({ orderId }) => ({ orderId }),
    code: 'NOT_FOUND',
  },
  'an order that is not there': { by: [], query: track, variables: () => ({ orderId: missingId() }), code: 'NOT_FOUND' },
  'an order by the id of something else': { by: [], query: track, variables: () => ({ orderId: newId('usr') }), code: 'BAD_USER_INPUT' },
  'an order by a prefix': { by: [], query: track, variables: ({ orderId }) => ({ orderId: orderId.slice(0, -1) }), code: 'BAD_USER_INPUT' },
  'an order by its id and more': { by: [], query: track, variables: ({ orderId }) => ({ orderId: `${orderId} ` }), code: 'BAD_USER_INPUT' },
  'an order by no id': { by: [], query: track, variables: () => ({ orderId: '' }), code: 'BAD_USER_INPUT' },
  'an order, and nobody asks': { by: 'nobody', query: track, variables: ({ orderId }) => ({ orderId }), code: 'UNAUTHENTICATED' },
  'orders, and nobody asks': { by: 'nobody', query: mine, code: 'UNAUTHENTICATED' },
  'notifications, and nobody asks': { by: 'nobody', query: feed, code: 'UNAUTHENTICATED' },
  'the orders of somebody by name': {
    by: ['orders:read:any'],
    query: 'subscription($buyerId: ID!) { myOrdersChanged(buyerId: $buyerId) { sequence } }',
    variables: ({ buyerId }) => ({ buyerId }),
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'the notifications of somebody by name': {
    by: ['notifications:manage'],
    query: 'subscription($userId: ID!) { notificationReceived(userId: $userId) { sequence } }',
    variables: ({ buyerId }) => ({ userId: buyerId }),
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
};
