import { decode, type MessageData } from '@tally/events';
import type { DeliveredRecord } from '@tally/messaging';
import type { HotCatalogue } from '../use-cases/hot-catalogue.ts';

/** Forgets the rows that a record of the catalogue's topic is about. One that cannot be read may be about any: then all of them. */
export const onCatalogueChanged =
  (hot: Pick<HotCatalogue, 'forget' | 'forgetAll'>) =>
  (record: DeliveredRecord): void => {
    const ids = idsOf(record);
    void (ids === null ? hot.forgetAll() : hot.forget(ids));
  };

function idsOf({ topic, type, payload }: DeliveredRecord): readonly string[] | null {
  let body: unknown;
  try {
    body = decode(topic, type, payload);
  } catch {
    return null;
  }
  if (type === 'ProductChanged') {
    const { product, variants } = body as MessageData<'ProductChanged'>;
    return [product.id, ...variants.map(({ id }) => id)];
  }
  if (type === 'ProductArchived') {
    const { product, variantIds } = body as MessageData<'ProductArchived'>;
    return [product.id, ...variantIds];
  }
  return null;
}
