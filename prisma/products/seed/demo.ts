import type { Id } from '@tally/kernel';
import { seedId } from './dice.ts';

/** The id of the nth seeded product, from 0; the demo products come first. */
export const productIdAt = (index: number): Id<'prod'> => seedId('prod', 'product', index);

/** The id of the nth seeded variant, from 0, counted over all products in their order. */
export const variantIdAt = (index: number): Id<'var'> => seedId('var', 'variant', index);

/** A product that docs, smoke and tests know by name. Prices in euro cents. */
export interface DemoProduct {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  /** Name of its leaf. */
  readonly category: string;
  readonly tags: readonly string[];
  readonly variants: readonly DemoVariant[];
}

export interface DemoVariant {
  readonly sku: string;
  readonly title: string;
  readonly option: string;
  readonly amount: number;
  readonly onHand: number;
}

/** In seed order, so that their ids are those of `productIdAt(0)` on and `variantIdAt(0)` on. */
export const demoProducts: readonly DemoProduct[] = [
  {
    slug: 'enamel-mug',
    title: 'Enamel Mug',
    description: 'The mug that survives the camp fire, the dishwasher and the stone floor.',
    category: 'Mugs',
    tags: ['gift', 'repairable'],
    variants: [
      { sku: 'MUG-ENAMEL-WHITE', title: 'White', option: 'White', amount: 1_499, onHand: 5_000 },
      { sku: 'MUG-ENAMEL-NAVY', title: 'Navy', option: 'Navy', amount: 1_499, onHand: 2_000 },
      { sku: 'MUG-ENAMEL-RUST', title: 'Rust', option: 'Rust', amount: 1_699, onHand: 400 },
    ],
  },
  {
    slug: 'wool-blanket',
    title: 'Wool Blanket',
    description: 'Two metres of undyed lambswool for the end of the sofa.',
    category: 'Blankets',
    tags: ['gift', 'organic'],
    variants: [
      { sku: 'BLANKET-WOOL-SLATE', title: 'Slate', option: 'Slate', amount: 8_999, onHand: 800 },
      { sku: 'BLANKET-WOOL-SAGE', title: 'Sage', option: 'Sage', amount: 8_999, onHand: 300 },
    ],
  },
  {
    slug: 'brass-lamp',
    title: 'Brass Lamp',
    description: 'A table lamp of solid brass that grows darker where hands touch it.',
    category: 'Table Lamps',
    tags: ['handmade'],
    variants: [
      { sku: 'LAMP-BRASS-TALL', title: 'Tall', option: 'Black', amount: 12_999, onHand: 250 },
      { sku: 'LAMP-BRASS-SOLDOUT', title: 'Low', option: 'White', amount: 10_999, onHand: 0 },
    ],
  },
  {
    slug: 'harbour-lights-print',
    title: 'Harbour Lights Print',
    description: 'A linocut of the harbour at night. Three are left of the edition.',
    category: 'Prints',
    tags: ['limited', 'gift'],
    variants: [{ sku: 'PRINT-LIMITED-3', title: 'A3', option: 'Black', amount: 4_999, onHand: 3 }],
  },
];

/** Ids of the demo variants by SKU. */
export const demoVariantIds: ReadonlyMap<string, Id<'var'>> = new Map(
  demoProducts.flatMap(({ variants }) => variants).map(({ sku }, index) => [sku, variantIdAt(index)]),
);
