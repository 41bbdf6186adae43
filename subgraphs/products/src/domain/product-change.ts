import { money, ok, refuse, type Id, type Outcome } from '@tally/kernel';
import { parseAttributes, type Category, type NameValue } from './category.ts';
import { limits, parseText } from './limits.ts';
import { isPrice, parseTags } from './new-product.ts';
import { priceRange, type Product, type ProductStatus, type ProductWithVariants } from './product.ts';
import { invalid, type Refusal } from './refusal.ts';

/** What staff want different; `null` leaves it as it is. */
export interface ProductChange {
  readonly title: string | null;
  readonly description: string | null;
  readonly status: ProductStatus | null;
  readonly tags: readonly string[] | null;
  readonly attributes: readonly NameValue[] | null;
}

/** The product after the change, one version on; the very same object when nothing differs. The slug stays: addresses do not break. */
export function changeProduct<P extends Product>(
  product: P,
  change: ProductChange,
  category: Pick<Category, 'attributes'>,
  now: Date,
): Outcome<P, readonly Refusal[]> {
  const refusals: Refusal[] = [];
  const title = change.title === null ? product.title : parseText(change.title, limits.title);
  const description = change.description === null ? product.description : parseText(change.description, limits.description, true);
  if (title === null) refusals.push(invalid(`The title has 1 to ${limits.title} characters.`, 'title'));
  if (description === null) refusals.push(invalid(`The description has 1 to ${limits.description} characters.`, 'description'));
  const tags = change.tags === null ? ok(product.tags) : parseTags(change.tags);
  const attributes = change.attributes === null ? ok(product.attributes) : parseAttributes(change.attributes, category.attributes);
  for (const outcome of [tags, attributes]) if (!outcome.ok) refusals.push(...outcome.refusal);
  if (title === null || description === null || !tags.ok || !attributes.ok) return refuse(refusals);

  const wanted = { title, description, status: change.status ?? product.status, tags: tags.value, attributes: attributes.value };
  const same = JSON.stringify(facts(wanted)) === JSON.stringify(facts(product));
  return ok(same ? product : { ...product, ...wanted, version: product.version + 1, updatedAt: now });
}

const facts = ({
  title,
  description,
  status,
  tags,
  attributes,
}: Pick<Product, 'title' | 'description' | 'status' | 'tags' | 'attributes'>): unknown => [
  title,
  description,
  status,
  tags,
  Object.entries(attributes).sort(([left], [right]) => (left < right ? -1 : 1)),
];

/** A new price of one variant. `compareAt` is the price before a reduction, `null` for none. */
export interface PriceChange {
  readonly variantId: Id<'var'>;
  readonly price: number;
  readonly compareAt: number | null;
  readonly currency: string;
}

/** The product with the new price and range, one version on; the very same object when it has that price already. */
export function setPrice(product: ProductWithVariants, change: PriceChange, now: Date): Outcome<ProductWithVariants, readonly Refusal[]> {
  const { currency } = product.prices.min;
  const refusals: Refusal[] = [];
  if (!isPrice(change.price)) refusals.push(invalid(`A price is 1 to ${limits.price} minor units.`, 'price'));
  if (change.currency !== currency) refusals.push(invalid(`This product is sold in ${currency}.`, 'currency'));
  if (change.compareAt !== null && (!isPrice(change.compareAt) || change.compareAt <= change.price)) {
    refusals.push(invalid('The price before a reduction is higher than the price.', 'compareAtPrice'));
  }
  if (refusals.length > 0) return refuse(refusals);

  const current = product.variants.find(({ id }) => id === change.variantId);
  if (current?.price.amount === change.price && (current.compareAt?.amount ?? null) === change.compareAt) return ok(product);
  const price = money(change.price, currency);
  const compareAt = change.compareAt === null ? null : money(change.compareAt, currency);
  const variants = product.variants.map((variant) => (variant.id === change.variantId ? { ...variant, price, compareAt } : variant));
  return ok({
    ...product,
    variants,
    prices: priceRange(variants.map((variant) => variant.price)),
    version: product.version + 1,
    updatedAt: now,
  });
}
