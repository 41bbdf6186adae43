import { hasScope, type Viewer } from '@tally/subgraph-kit';
import type { createAddPaymentMethod } from '../use-cases/add-payment-method.ts';
import type { createRemovePaymentMethod } from '../use-cases/remove-payment-method.ts';
import type { Onlooker } from '../use-cases/view-payments.ts';
import type { Loaders } from './loaders.ts';

/** What resolvers call. */
export interface UseCases {
  readonly addPaymentMethod: ReturnType<typeof createAddPaymentMethod>;
  readonly removePaymentMethod: ReturnType<typeof createRemovePaymentMethod>;
}

/** What a resolver may use. */
export interface Context {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly loaders: Loaders;
}

/** The scope that shows all payments, and what was said to the provider. */
export const readScope = 'payments:read';

/** The viewer, as far as it matters for what may be seen. */
export const onlookerOf = (viewer: Viewer): Onlooker => ({
  userId: viewer.kind === 'user' ? viewer.userId : null,
  seesAll: hasScope(viewer, readScope),
});
