import { useEffect } from 'react';
import { useShopfront } from '../frame/shopfront.tsx';
import { follow } from '../live/follow.ts';
import { stockOfVariant, watchStock } from './documents.ts';

/** What one stream may watch. */
const most = 250;

/** Keeps the stock of these variants as it is, wherever they are shown. */
export function useLiveStock(variantIds: readonly string[]): void {
  const { client, connection } = useShopfront();
  const wanted = [...new Set(variantIds)].sort().slice(0, most).join(' ');

  useEffect(() => {
    if (wanted === '') return undefined;
    return follow({
      client,
      connection,
      document: watchStock,
      variables: () => ({ variantIds: wanted.split(' ') }),
      onEvent({ inventoryChanged: { variant, available, status, sequence } }) {
        if (variant === null) return;
        client.cache.writeFragment({
          id: client.cache.identify({ __typename: 'ProductVariant', id: variant.id }) ?? '',
          fragment: stockOfVariant,
          data: { __typename: 'ProductVariant', inventory: { __typename: 'Inventory', available, status, version: sequence } } as never,
        });
      },
      // Stock is still shown, as old as it is.
      onRefused: () => undefined,
    });
  }, [client, connection, wanted]);
}
