import { parseId } from '@tally/kernel';
import {
  badInput,
  checkFirst,
  decodeCursor,
  encodeCursor,
  forbidden,
  interventionConnection,
  parkedConnection,
  parseIdempotencyKey,
  parseReason,
  redrivePayload,
  requireScope,
  toConnection,
  troubleReadScope,
  troubleWriteScope,
} from '@tally/subgraph-kit';
import type {
  MutationResolvers,
  QueryResolvers,
  ResolversTypes,
  TroubledOrderResolvers,
  TroubleResolvers,
} from '../generated/resolvers.ts';
import type { TroubledSaga } from '../ports/trouble-reads.ts';
import { toUserErrors, unlessInProgress } from './user-errors.ts';

type RetryPayload = Awaited<ResolversTypes['SagaRetryPayload']>;

export const troubleQuery: Required<Pick<QueryResolvers, 'trouble'>> = {
  trouble: (_, __, { viewer }) => {
    requireScope(viewer, troubleReadScope);
    return {};
  },
};

export const trouble: TroubleResolvers = {
  async orders(_, { first, after }, { actor, trouble: { viewTrouble } }) {
    const place = after == null ? null : parsePlace(after);
    const seen = await viewTrouble(actor, place, checkFirst(first));
    if (!seen.ok) throw forbidden();
    const { sagas, ...page } = seen.value;
    const nodes = sagas.map((saga) => ({ ...saga, outstanding: [...saga.outstanding] }));
    return toConnection(nodes, ({ since, orderId }) => encodeCursor([since.getTime(), orderId, 'troubled']), {
      ...page,
      continued: place !== null,
    });
  },
  ordersParked: (_, page, { viewer, trouble: { desk } }) => parkedConnection(desk, viewer, page),
  ordersInterventions: (_, page, { viewer, trouble: { desk } }) => interventionConnection(desk, viewer, page),
};

export const troubledOrder: TroubledOrderResolvers = {
  order: ({ orderId }, _, { loaders }) => loaders.order.load(orderId),
};

export const troubleMutation: Required<Pick<MutationResolvers, 'sagaRetry' | 'ordersRedrive'>> = {
  sagaRetry: (_, { input: { orderId, reason, idempotencyKey } }, { viewer, actor, trouble: { retrySaga } }) => {
    requireScope(viewer, troubleWriteScope);
    const retrying = retrySaga({ actor, key: parseIdempotencyKey(idempotencyKey), input: { orderId, reason: parseReason(reason) } });
    return unlessInProgress<RetryPayload>(
      retrying.then((outcome) =>
        outcome.ok
          ? { ...outcome.value, outstanding: [...outcome.value.outstanding], userErrors: [] }
          : refused(toUserErrors(outcome.refusal)),
      ),
      refused,
    );
  },
  ordersRedrive: (_, wish, { viewer, trouble: { desk } }) => redrivePayload(desk, viewer, wish),
};

const refused = (userErrors: RetryPayload['userErrors']): RetryPayload => ({
  order: null,
  done: null,
  outstanding: [],
  replayed: false,
  userErrors,
});

// PostgreSQL and the wire end elsewhere; no saga moved before or after.
const lastMoment = Date.UTC(9999, 11, 31);

function parsePlace(text: string): Pick<TroubledSaga, 'since' | 'orderId'> {
  const [since, id, of] = decodeCursor(text) ?? [];
  const orderId = parseId('ord', id);
  if (!Number.isInteger(since) || Number(since) < 0 || Number(since) > lastMoment || orderId === null || of !== 'troubled')
    throw badInput('Not a cursor of this list.', 'after');
  return { since: new Date(Number(since)), orderId };
}
