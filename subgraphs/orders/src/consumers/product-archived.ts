import type { Handler } from '@tally/messaging';
import type { UseCases } from '../use-cases/index.ts';

/** A state event: nothing of the product is sold any more. Applied if newer, without an inbox row. */
export const onProductArchived =
  ({ archived }: UseCases['keepPrice']): Handler<'ProductArchived'> =>
  ({ data, sequence }) =>
    archived(data, sequence);
