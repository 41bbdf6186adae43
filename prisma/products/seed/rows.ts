import { toUuid, type Id } from '@tally/kernel';
import { houseSellerId } from '../../../subgraphs/products/src/domain/seller.ts';
import { slugOf } from '../../../subgraphs/products/src/domain/slug.ts';
import { attributesOf, isLeaf, tree, type Branch, type Leaf, type Range } from './categories.ts';
import { demoProducts, productIdAt, variantIdAt } from './demo.ts';
import { diceOf, openedAt, seedId, type Dice } from './dice.ts';
import { collections, colours, origins, tags } from './words.ts';

/** How much of everything. */
export const tiers = { ci: { products: 1_000, variants: 3_000 } } as const;

export type Tier = keyof typeof tiers;

/** Rows as the load statement takes them: bare UUIDs, amounts in cents, member names of the tables. */
export interface SeedRows {
  readonly categories: readonly object[];
  readonly products: readonly object[];
  readonly variants: readonly object[];
}

interface SeededLeaf extends Leaf {
  readonly id: Id<'cat'>;
}

interface VariantFacts {
  readonly sku: string;
  readonly title: string;
  readonly amount: number;
  readonly compareAt: number | null;
  readonly options: readonly { readonly name: string; readonly value: string }[];
  readonly onHand: number;
}

const mostVariants = 12;
const stepMs = 6 * 3_600_000;

/** Every row of a tier; the same in every run and on every machine. */
export function seedRows(tier: Tier): SeedRows {
  const { products: wanted } = tiers[tier];
  const { rows: categories, leaves } = categoryRows();
  const counts = variantCounts(tier);
  const products: object[] = [];
  const variants: object[] = [];
  const titles = new Set<string>();
  for (let index = 0; index < wanted; index++) {
    const made = index < demoProducts.length ? demoProduct(index, leaves) : product(index, leaves, counts[index] ?? 1, titles);
    const amounts = made.variants.map(({ amount }) => amount);
    // The demo products are the newest, so that they are what a newcomer sees first.
    const createdAt = new Date(openedAt + (index < demoProducts.length ? wanted + index : index) * stepMs);
    products.push({
      ...made.row,
      price_min: Math.min(...amounts),
      price_max: Math.max(...amounts),
      created_at: createdAt,
      event_id: toUuid(seedId('evt', 'product event', index)),
    });
    for (const [at, { compareAt, onHand, ...facts }] of made.variants.entries()) {
      const number = variants.length;
      const stated = {
        ...facts,
        compare_at: compareAt,
        on_hand: onHand,
        position: at + 1,
        weight_grams: made.weightGrams,
        tax_class: made.taxClass,
      };
      variants.push({
        id: toUuid(variantIdAt(number)),
        product_id: toUuid(productIdAt(index)),
        ...stated,
        event_id: toUuid(seedId('evt', 'level event', number)),
      });
    }
  }
  return { categories, products, variants };
}

function categoryRows(): { readonly rows: readonly object[]; readonly leaves: readonly SeededLeaf[] } {
  const rows: object[] = [];
  const leaves: SeededLeaf[] = [];
  const visit = (node: Branch | Leaf, above: readonly { readonly id: Id<'cat'>; readonly name: string }[]): void => {
    const id = seedId('cat', 'category', rows.length);
    const place = {
      parent_id: above.length === 0 ? null : toUuid(above.at(-1)?.id ?? id),
      path: [...above.map(({ name }) => name), node.name],
    };
    const attributes = isLeaf(node) ? attributesOf(node.range) : [];
    rows.push({
      id: toUuid(id),
      slug: slugOf(node.name),
      name: node.name,
      ...place,
      ancestor_ids: above.map((each) => toUuid(each.id)),
      attributes,
    });
    if (isLeaf(node)) leaves.push({ ...node, id });
    else for (const child of node.below) visit(child, [...above, { id, name: node.name }]);
  };
  for (const root of tree) visit(root, []);
  return { rows, leaves };
}

/** 1 to 12 per product, few for most, and exactly as many in all as the tier says. */
function variantCounts(tier: Tier): readonly number[] {
  const { products, variants } = tiers[tier];
  const counts = Array.from({ length: products }, (_, index) => {
    const demo = demoProducts[index];
    if (demo !== undefined) return demo.variants.length;
    const share = diceOf('variant count', index).share();
    return Math.min(mostVariants, 1 + Math.floor(mostVariants * share ** 4.4));
  });
  let missing = variants - counts.reduce((sum, count) => sum + count, 0);
  for (let index = demoProducts.length; missing !== 0; index = index + 1 < products ? index + 1 : demoProducts.length) {
    const step = Math.sign(missing);
    const next = (counts[index] ?? 1) + step;
    if (next < 1 || next > mostVariants) continue;
    counts[index] = next;
    missing -= step;
  }
  return counts;
}

function productRow(
  index: number,
  leaf: SeededLeaf,
  facts: { slug: string; title: string; description: string; tags: readonly string[]; attributes: object },
): object {
  return { id: toUuid(productIdAt(index)), ...facts, category_id: toUuid(leaf.id), seller_id: toUuid(houseSellerId) };
}

interface MadeProduct extends Pick<Range, 'weightGrams' | 'taxClass'> {
  readonly row: object;
  readonly variants: readonly VariantFacts[];
}

function demoProduct(index: number, leaves: readonly SeededLeaf[]): MadeProduct {
  const demo = demoProducts[index];
  const leaf = leaves.find(({ name }) => name === demo?.category);
  if (demo === undefined || leaf === undefined) throw new Error(`no demo product ${index}, or no category for it`);
  const { slug, title, description } = demo;
  const { weightGrams, taxClass } = leaf.range;
  const variants = demo.variants.map(({ option, ...facts }) => ({
    ...facts,
    compareAt: null,
    options: [{ name: 'Colour', value: option }],
  }));
  return { row: productRow(index, leaf, { slug, title, description, tags: demo.tags, attributes: {} }), variants, weightGrams, taxClass };
}

function product(index: number, leaves: readonly SeededLeaf[], count: number, titles: Set<string>): MadeProduct {
  const dice = diceOf('product', index);
  const leaf = dice.pick(leaves);
  const { range } = leaf;
  const [noun, material, title] = titleOf(range, dice, titles);
  const description = range.says
    .map((sentence) => sentence.replace('%m', material.toLowerCase()).replace('%n', noun.toLowerCase()))
    .join(' ');
  const ownTags = [...new Set(Array.from({ length: dice.between(0, 3) }, () => dice.pick(tags)))];
  const attributes = { material, origin: dice.pick(origins), warranty: String(dice.between(2, 10)), handmade: String(dice.share() < 0.4) };
  const row = productRow(index, leaf, { slug: slugOf(title), title, description, tags: ownTags, attributes });
  const weightGrams = Math.round(range.weightGrams * (0.7 + 0.6 * dice.share()));
  return { row, variants: variantsOf(index, range, count, dice), weightGrams, taxClass: range.taxClass };
}

/** A title no other product has. */
function titleOf(range: Range, dice: Dice, titles: Set<string>): readonly [noun: string, material: string, title: string] {
  for (;;) {
    const [collection, material, noun] = [dice.pick(collections), dice.pick(range.materials), dice.pick(range.nouns)];
    const title = `${collection} ${material} ${noun}`;
    if (titles.has(title)) continue;
    titles.add(title);
    return [noun, material, title];
  }
}

/** Sizes first, then colours; a larger one costs more. One product in eight is reduced, one variant in twenty sold out, one product in a hundred stocked deep. */
function variantsOf(index: number, range: Range, count: number, dice: Dice): readonly VariantFacts[] {
  // Log-normal: prices differ by factors, not by sums.
  const median = range.price * Math.exp(0.45 * dice.bell());
  const reduced = dice.share() < 0.125;
  const deep = dice.share() < 0.01;
  const { name, values } = range.sizes;
  const first = dice.between(0, colours.length - 1);
  return Array.from({ length: count }, (_, at) => {
    const size = values[at % values.length] ?? '';
    const colour = colours[(first + Math.floor(at / values.length)) % colours.length] ?? '';
    const amount = endingInNine(median * (1 + 0.15 * (at % values.length)));
    const soldOut = diceOf('sold out', index * mostVariants + at).share() < 0.05;
    return {
      sku: `${range.code}-${String(index).padStart(4, '0')}-${String(at + 1).padStart(2, '0')}`,
      title: `${colour}, ${size}`,
      amount,
      compareAt: reduced ? endingInNine(amount * 1.25 + 10) : null,
      options: [
        { name: 'Colour', value: colour },
        { name, value: size },
      ],
      onHand: soldOut ? 0 : deep ? dice.between(2_000, 5_000) : 1 + Math.floor(400 * dice.share() ** 2),
    };
  });
}

/** At least 1.99, and 9 as the last digit. */
const endingInNine = (cents: number): number => Math.max(199, Math.floor(cents / 10) * 10 + 9);
