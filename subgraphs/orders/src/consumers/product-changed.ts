import type { Handler } from '@tally/messaging';
import type { UseCases } from '../use-cases/index.ts';

/** A state event: applied if newer, so that it needs no inbox row and the replica can be rebuilt from the beginning of the topic at any time. */
export const onProductChanged =
  ({ changed }: UseCases['keepPrice']): Handler<'ProductChanged'> =>
  ({ data, sequence }) =>
    changed(data, sequence);
