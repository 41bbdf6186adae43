import { money, ok, refuse, type Money, type Outcome } from '@tally/kernel';
import { parseAttributes, type Attributes, type Category, type NameValue } from './category.ts';
import { limits, parseText } from './limits.ts';
import { invalid, type Refusal } from './refusal.ts';

/** A product as staff ask for it; nothing of it is checked yet. */
export interface ProductDraft {
  readonly title: string;
  readonly description: string;
  readonly variants: readonly VariantDraft[];
  readonly attributes: readonly NameValue[];
  readonly tags: readonly string[];
}

export interface VariantDraft {
  readonly sku: string;
  readonly title: string;
  readonly price: number;
  readonly currency: string;
  readonly onHand: number;
  readonly weightGrams: number | null;
  readonly options: readonly NameValue[];
}

/** A product that may be created. */
export interface NewProduct {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly attributes: Attributes;
  readonly variants: readonly NewVariant[];
}

export interface NewVariant {
  readonly sku: string;
  readonly title: string;
  readonly price: Money;
  readonly onHand: number;
  readonly weightGrams: number | null;
  readonly options: readonly NameValue[];
}

/** Checks a draft against its category. Every rule that is broken is reported, not only the first. */
export function checkDraft(draft: ProductDraft, category: Pick<Category, 'attributes'>): Outcome<NewProduct, readonly Refusal[]> {
  const refusals: Refusal[] = [];
  const title = parseText(draft.title, limits.title);
  const description = parseText(draft.description, limits.description, true);
  if (title === null) refusals.push(invalid(`The title has 1 to ${limits.title} characters.`, 'title'));
  if (description === null) refusals.push(invalid(`The description has 1 to ${limits.description} characters.`, 'description'));
  const tags = parseTags(draft.tags);
  const attributes = parseAttributes(draft.attributes, category.attributes);
  for (const outcome of [tags, attributes]) if (!outcome.ok) refusals.push(...outcome.refusal);
  const variants = checkVariants(draft.variants, refusals);
  if (title === null || description === null || !tags.ok || !attributes.ok || refusals.length > 0) return refuse(refusals);
  return ok({ title, description, tags: tags.value, attributes: attributes.value, variants });
}

/** Lower-cased, each once, in the order given. */
export function parseTags(given: readonly string[]): Outcome<readonly string[], readonly Refusal[]> {
  const tags = [...new Set(given.map((tag) => tag.trim().toLowerCase()))];
  if (tags.length > limits.tags) return refuse([invalid(`At most ${limits.tags} tags.`, 'tags')]);
  const wrong = tags.some((tag) => parseText(tag, limits.tag) === null);
  return wrong ? refuse([invalid(`A tag has 1 to ${limits.tag} characters.`, 'tags')]) : ok(tags);
}

/** Whether it can be asked for a thing: zero and less give goods away. */
export const isPrice = (amount: number): boolean => Number.isSafeInteger(amount) && amount >= 1 && amount <= limits.price;

/** Capital letters, digits, dots and hyphens: what scanners and spreadsheets leave alone. */
export const isSku = (text: string): boolean => text.length <= limits.sku && /^[A-Z0-9]+([-.][A-Z0-9]+)*$/.test(text);

function checkVariants(drafts: readonly VariantDraft[], refusals: Refusal[]): readonly NewVariant[] {
  if (drafts.length === 0 || drafts.length > limits.variants) {
    refusals.push(invalid(`A product has 1 to ${limits.variants} variants.`, 'variants'));
    return [];
  }
  const seen = new Set<string>();
  const currency = drafts[0]?.currency;
  return drafts.flatMap((draft, index) => {
    const problems = variantProblems(draft).map(([field, message]) => invalid(message, 'variants', String(index), ...field));
    if (seen.has(draft.sku)) problems.push(invalid('The SKU stands twice in this product.', 'variants', String(index), 'sku'));
    if (draft.currency !== currency)
      problems.push(invalid('All variants of a product have one currency.', 'variants', String(index), 'currency'));
    seen.add(draft.sku);
    refusals.push(...problems);
    const { sku, onHand, weightGrams, options } = draft;
    return problems.length > 0
      ? []
      : [{ sku, title: draft.title.trim(), price: money(draft.price, draft.currency), onHand, weightGrams, options }];
  });
}

function variantProblems({
  sku,
  title,
  price,
  onHand,
  weightGrams,
  options,
}: VariantDraft): readonly (readonly [readonly string[], string])[] {
  const problems: (readonly [readonly string[], string])[] = [];
  if (!isSku(sku)) problems.push([['sku'], `A SKU has 1 to ${limits.sku} capital letters, digits, dots and hyphens.`]);
  if (parseText(title, limits.title) === null) problems.push([['title'], `The title has 1 to ${limits.title} characters.`]);
  if (!isPrice(price)) problems.push([['price'], `A price is 1 to ${limits.price} minor units.`]);
  if (!Number.isInteger(onHand) || onHand < 0 || onHand > limits.stock)
    problems.push([['onHand'], `Opening stock is 0 to ${limits.stock}.`]);
  if (weightGrams !== null && (weightGrams < 0 || weightGrams > limits.weightGrams)) {
    problems.push([['weightGrams'], `A weight is 0 to ${limits.weightGrams} grams.`]);
  }
  const names = new Set(options.map(({ name }) => name));
  const wrong = options.some(({ name, value }) => parseText(name, limits.name) === null || parseText(value, limits.name) === null);
  if (options.length > limits.options || names.size < options.length || wrong) {
    problems.push([['options'], `At most ${limits.options} options, each name once, names and values of 1 to ${limits.name} characters.`]);
  }
  return problems;
}
