import { parseId, type Id } from '@tally/kernel';
import {
  badInput,
  checkFirst,
  decodeCursor,
  encodeCursor,
  forbidden,
  IdempotencyInProgressError,
  interventionConnection,
  parkedConnection,
  parseIdempotencyKey,
  parseReason,
  redrivePayload,
  requireScope,
  toConnection,
  troubleReadScope,
} from '@tally/subgraph-kit';
import type {
  MutationResolvers,
  PaymentTroublePayloadResolvers,
  QueryResolvers,
  TroubledPaymentResolvers,
  TroubleResolvers,
} from '../generated/resolvers.ts';
import type { TroubledPayment } from '../ports/trouble-reads.ts';
import type { InterventionProblem } from '../use-cases/operator.ts';
import { operatorOf, watcherOf } from './context.ts';
import type { UserErrorModel } from './payloads.ts';

/** What an intervention left; the payment is loaded as it stands after it. */
export interface PaymentTroublePayloadModel {
  readonly paymentId: Id<'pay'> | null;
  readonly replayed: boolean;
  readonly userErrors: UserErrorModel[];
}

export const troubleQuery: Required<Pick<QueryResolvers, 'trouble'>> = {
  trouble: (_, __, { viewer }) => {
    requireScope(viewer, troubleReadScope);
    return {};
  },
};

export const trouble: TroubleResolvers = {
  async payments(_, { first, after }, { viewer, trouble: { viewTrouble } }) {
    const place = after == null ? null : parsePlace(after);
    const seen = await viewTrouble(watcherOf(viewer), place, checkFirst(first));
    if (!seen.ok) throw forbidden();
    const { payments, ...page } = seen.value;
    const cursorOf = ({ since, paymentId }: TroubledPayment) => encodeCursor([since.getTime(), paymentId, 'troubled']);
    return toConnection(payments, cursorOf, { ...page, continued: place !== null });
  },
  paymentsParked: (_, page, { viewer, trouble: { desk } }) => parkedConnection(desk, viewer, page),
  paymentsInterventions: (_, page, { viewer, trouble: { desk } }) => interventionConnection(desk, viewer, page),
};

export const troubledPayment: TroubledPaymentResolvers = {
  payment: ({ paymentId }, _, { loaders }) => loaders.payments.load(paymentId),
};

export const troublePayload: PaymentTroublePayloadResolvers = {
  payment: ({ paymentId }, _, { loaders }) => (paymentId === null ? null : loaders.payments.load(paymentId)),
};

export const troubleMutation: Required<Pick<MutationResolvers, 'paymentEnquire' | 'paymentSettle' | 'paymentsRedrive'>> = {
  async paymentEnquire(_, { paymentId, reason }, { viewer, trouble: { enquirePayment } }) {
    const outcome = await enquirePayment({ by: operatorOf(viewer), paymentId, reason: parseReason(reason) });
    return outcome.ok ? { paymentId: outcome.value, replayed: false, userErrors: [] } : refused(outcome.refusal, []);
  },
  async paymentSettle(_, { input: { idempotencyKey, ...input } }, { viewer, trouble: { settlePayment } }) {
    const wish = { ...input, providerRef: input.providerRef ?? null, reason: parseReason(input.reason) };
    try {
      const outcome = await settlePayment({ by: operatorOf(viewer), key: parseIdempotencyKey(idempotencyKey), input: wish });
      return outcome.ok ? { ...outcome.value, userErrors: [] } : refused(outcome.refusal, ['input']);
    } catch (error) {
      if (error instanceof IdempotencyInProgressError) return inProgress;
      throw error;
    }
  },
  paymentsRedrive: (_, wish, { viewer, trouble: { desk } }) => redrivePayload(desk, viewer, wish),
};

const none = (error: Omit<UserErrorModel, '__typename'>): PaymentTroublePayloadModel => ({
  paymentId: null,
  replayed: false,
  userErrors: [{ __typename: 'BasicError', ...error }],
});

const keyField = ['input', 'idempotencyKey'];
const inProgress = none({
  code: 'IDEMPOTENCY_IN_PROGRESS',
  message: 'A request with this key is under way: ask again in a moment.',
  field: keyField,
});

function refused(problem: InterventionProblem, path: readonly string[]): PaymentTroublePayloadModel {
  const { code } = problem;
  switch (code) {
    case 'FORBIDDEN':
      return none({ code, message: 'Not allowed.', field: null });
    case 'IDEMPOTENCY_KEY_REUSED':
      return none({ code, message: 'This key stands for another request.', field: keyField });
    default:
      return none({ code, message: problem.message, field: [...path, problem.field] });
  }
}

// PostgreSQL and the wire end elsewhere; no doubt is older or younger.
const lastMoment = Date.UTC(9999, 11, 31);

function parsePlace(text: string): Pick<TroubledPayment, 'since' | 'paymentId'> {
  const [since, id, of] = decodeCursor(text) ?? [];
  const paymentId = parseId('pay', id);
  if (!Number.isInteger(since) || Number(since) < 0 || Number(since) > lastMoment || paymentId === null || of !== 'troubled')
    throw badInput('Not a cursor of this list.', 'after');
  return { since: new Date(Number(since)), paymentId };
}
