import { unreachable } from '@tally/kernel';
import { IdempotencyInProgressError } from '@tally/subgraph-kit';
import type { Order, Problem } from '../domain/order.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { ErrorCode, ResolversTypes } from '../generated/resolvers.ts';

type UserError = Awaited<ResolversTypes['UserError']>;

const codes: readonly ErrorCode[] = ['INSUFFICIENT_STOCK', 'NOT_SELLABLE', 'PAYMENT_DECLINED', 'PROVIDER_UNAVAILABLE', 'CANCELLED'];

/** Why a mutation was refused, as the graph tells it. */
export const toUserErrors = (refusals: readonly Refusal[]): UserError[] => refusals.map(toUserError);

function toUserError(refusal: Refusal): UserError {
  switch (refusal.kind) {
    case 'INVALID':
    case 'NOT_FOUND':
    case 'FORBIDDEN':
    case 'CONFLICT':
      return basic(refusal.kind, refusal.message, refusal.field);
    case 'IDEMPOTENCY_KEY_REUSED':
      return basic(refusal.kind, 'This key stands for another request.', ['idempotencyKey']);
    case 'NOT_SELLABLE':
      return basic(refusal.kind, `${refusal.variantId} cannot be bought at the moment.`, refusal.field);
    case 'EMPTY_CART':
      return basic(refusal.kind, 'The cart is empty.', refusal.field);
    case 'PRICE_CHANGED': {
      const { expected, actual } = refusal;
      return {
        __typename: 'PriceChangedError',
        code: 'PRICE_CHANGED',
        message: 'The total has changed.',
        field: ['expectedTotal'],
        expected,
        actual,
      };
    }
    case 'ILLEGAL_TRANSITION': {
      const { from, to } = refusal;
      return {
        __typename: 'IllegalTransitionError',
        code: 'ILLEGAL_TRANSITION',
        message: `An order that is ${from} cannot become ${to}.`,
        field: null,
        from,
        to,
      };
    }
    default:
      return unreachable(refusal);
  }
}

/** Why an order came to nothing: the same rows stand in the payload, in `Order.problems` and in its events. */
export const problemsOf = ({ problems }: Pick<Order, 'problems'>): UserError[] => problems.map(toProblem);

function toProblem({ code, message, variant, requested, available }: Problem): UserError {
  const known = codes.find((one) => one === code) ?? 'CONFLICT';
  if (known !== 'INSUFFICIENT_STOCK' || variant == null) return basic(known, message, null);
  return {
    __typename: 'InsufficientStockError',
    code: known,
    message,
    field: null,
    variant: { id: variant.id },
    requested: requested ?? 0,
    available: available ?? 0,
  };
}

const basic = (code: ErrorCode, message: string, field: readonly string[] | null): UserError => ({
  __typename: 'BasicError',
  code,
  message,
  field: field === null || field.length === 0 ? null : [...field],
});

const inProgress = basic('IDEMPOTENCY_IN_PROGRESS', 'A request with this key is under way: ask again in a moment.', ['idempotencyKey']);

/** The kit throws what is an answer here: another request holds the key. */
export async function unlessInProgress<Payload>(answer: Promise<Payload>, refused: (userErrors: UserError[]) => Payload): Promise<Payload> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof IdempotencyInProgressError) return refused([inProgress]);
    throw error;
  }
}
