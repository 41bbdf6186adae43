import { money, type Id } from '@tally/kernel';
import { simulateOrders } from '@tally/orders/simulation';
import { simulatePayments } from '@tally/payments/simulation';
import { simulateProducts } from '@tally/products/simulation';
import { standaloneProcess, type MemoryDatabase } from '@tally/simulation';
import type { Token } from '@tally/payment-simulator';
import type { Owner } from '../evidence.ts';
import type { PaymentProvider } from '../provider/payment-provider.ts';
import type { Plan } from '../workload/plan.ts';
import { patience } from './patience.ts';

/** Names of the methods that payments keeps, by buyer and token. */
export type Methods = ReadonlyMap<string, Id<'pm'>>;

export const methodKey = (buyer: Id<'usr'>, token: Token): string => `${buyer} ${token}`;

/** Puts everything on its place before anybody comes: stock, prices, methods. */
export async function furnish(
  databases: Readonly<Record<Owner, MemoryDatabase>>,
  { wares, buyers }: Plan,
  provider: PaymentProvider,
): Promise<Methods> {
  const products = simulateProducts(standaloneProcess({ database: databases.products }));
  const { keepPrice } = simulateOrders(standaloneProcess({ database: databases.orders })).useCases;
  const { addPaymentMethod } = simulatePayments(standaloneProcess({ database: databases.payments }), { provider, patience }).useCases;
  for (const { productId, variantId, units, price } of wares) {
    await products.putOnSale({ productId, variants: [{ id: variantId, onHand: units }] });
    const variant = {
      id: variantId,
      sku: variantId,
      title: '',
      price: money(price, 'EUR'),
      taxClass: 'STANDARD',
      weightGrams: 100,
      sellable: true,
    };
    const facts = {
      product: { id: productId },
      slug: productId,
      title: 'A ware',
      category: { id: categoryOf(productId) },
      seller: { id: sellerOf(productId) },
    };
    await keepPrice.changed({ ...facts, variants: [variant] }, 1);
  }
  const methods = new Map<string, Id<'pm'>>();
  for (const { id: userId, tokens } of buyers) {
    for (const token of tokens) {
      const added = await addPaymentMethod({ userId, provider: provider.name, token, makeDefault: false });
      if (added.ok) methods.set(methodKey(userId, token), added.value.id);
    }
  }
  return methods;
}

const categoryOf = (product: string): Id<'cat'> => product.replace(/^prod/, 'cat') as Id<'cat'>;
const sellerOf = (product: string): Id<'sell'> => product.replace(/^prod/, 'sell') as Id<'sell'>;
