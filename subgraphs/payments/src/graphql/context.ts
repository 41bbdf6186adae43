import { hasScope, interventionActor, requireScope, troubleReadScope, type TroubleDesk, type Viewer } from '@tally/subgraph-kit';
import type { createAddPaymentMethod } from '../use-cases/add-payment-method.ts';
import type { createEnquirePayment } from '../use-cases/enquire-payment.ts';
import type { Operator } from '../use-cases/operator.ts';
import type { createRemovePaymentMethod } from '../use-cases/remove-payment-method.ts';
import type { createSettlePayment } from '../use-cases/settle-payment.ts';
import type { Onlooker } from '../use-cases/view-payments.ts';
import type { createViewTrouble } from '../use-cases/view-trouble.ts';
import type { Loaders } from './loaders.ts';

/** What resolvers call. */
export interface UseCases {
  readonly addPaymentMethod: ReturnType<typeof createAddPaymentMethod>;
  readonly removePaymentMethod: ReturnType<typeof createRemovePaymentMethod>;
}

/** What staff see of trouble and do about it. */
export interface Trouble {
  readonly desk: TroubleDesk;
  readonly viewTrouble: ReturnType<typeof createViewTrouble>;
  readonly enquirePayment: ReturnType<typeof createEnquirePayment>;
  readonly settlePayment: ReturnType<typeof createSettlePayment>;
}

/** What a resolver may use. */
export interface Context {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly loaders: Loaders;
  readonly trouble: Trouble;
}

/** The scope that shows all payments, and what was said to the provider. */
export const readScope = 'payments:read';

/** The viewer, as far as it matters for what may be seen. */
export const onlookerOf = (viewer: Viewer): Onlooker => ({
  userId: viewer.kind === 'user' ? viewer.userId : null,
  seesAll: hasScope(viewer, readScope),
});

/** The viewer as somebody who looks at trouble. @throws UNAUTHENTICATED or FORBIDDEN, as a GraphQL error. */
export function watcherOf(viewer: Viewer): Operator {
  requireScope(viewer, troubleReadScope);
  return { id: '', scopes: viewer.kind === 'anonymous' ? [] : viewer.scopes };
}

/** The viewer as somebody who steps in. @throws UNAUTHENTICATED or FORBIDDEN, as a GraphQL error. */
export function operatorOf(viewer: Viewer): Operator {
  const id = interventionActor(viewer);
  return { id, scopes: viewer.kind === 'anonymous' ? [] : viewer.scopes };
}
