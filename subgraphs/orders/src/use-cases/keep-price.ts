import type { MessageData } from '@tally/events';
import { crashPoint } from '@tally/kernel';
import type { PriceReplica } from '../ports/price-replica.ts';
import type { Telemetry } from '../telemetry.ts';

/** Keeps the replica as new as the newest record of each product: a repeat or an older record changes nothing. */
export function createKeepPrice({ replica, telemetry }: { readonly replica: PriceReplica; readonly telemetry: Telemetry }) {
  return {
    async changed(product: MessageData<'ProductChanged'>, sequence: number): Promise<void> {
      const isNewer = await replica.replace(product, sequence);
      crashPoint('price.keep.after');
      telemetry.pricesKept(product.product.id, isNewer);
    },
    async archived(product: MessageData<'ProductArchived'>, sequence: number): Promise<void> {
      telemetry.pricesKept(product.product.id, await replica.retire(product, sequence));
    },
  };
}

export type KeepPrice = ReturnType<typeof createKeepPrice>;
