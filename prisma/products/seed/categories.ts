import type { AttributeDefinition } from '../../../subgraphs/products/src/domain/category.ts';

/** What a kind of product is made from: its words, its sizes, its prices. */
export interface Range {
  /** Begins the SKUs. */
  readonly code: string;
  readonly nouns: readonly string[];
  readonly materials: readonly string[];
  readonly sizes: { readonly name: string; readonly values: readonly string[] };
  /** Median price in cents. */
  readonly price: number;
  readonly weightGrams: number;
  readonly taxClass: 'STANDARD' | 'REDUCED';
  /** What one says about it; `%m` is the material, `%n` the noun, both in lower case. */
  readonly says: readonly string[];
}

export interface Branch {
  readonly name: string;
  readonly below: readonly (Branch | Leaf)[];
}

export interface Leaf {
  readonly name: string;
  readonly range: Range;
}

const pieces = { name: 'Set', values: ['Single', 'Set of 2', 'Set of 4', 'Set of 6'] };
const diameters = { name: 'Diameter', values: ['20 cm', '24 cm', '28 cm', '32 cm'] };
const clothes = { name: 'Size', values: ['XS', 'S', 'M', 'L', 'XL', 'XXL'] };
const sizes = { name: 'Size', values: ['Small', 'Medium', 'Large'] };

/** The tree: 4 branches, 7 below them, 13 leaves. Products hang on leaves only. */
export const tree: readonly Branch[] = [
  {
    name: 'Kitchen',
    below: [
      {
        name: 'Drinkware',
        below: [
          leaf('Mugs', 'MUG', ['Mug', 'Beaker', 'Cup'], ['Stoneware', 'Porcelain', 'Earthenware', 'Bone China'], pieces, 1_400, 320, [
            'A %m %n that sits well in the hand and keeps tea warm a little longer.',
            'Thrown, glazed and fired in small batches; no two rims are quite alike.',
          ]),
          leaf(
            'Glasses',
            'GLA',
            ['Tumbler', 'Carafe', 'Wine Glass'],
            ['Recycled Glass', 'Crystal', 'Smoked Glass', 'Borosilicate'],
            pieces,
            1_900,
            280,
            ['A %n of %m, thin at the lip and steady at the foot.', 'Mouth-blown, so that small bubbles are part of it.'],
          ),
        ],
      },
      {
        name: 'Cookware',
        below: [
          leaf(
            'Pans',
            'PAN',
            ['Frying Pan', 'Skillet', 'Sauté Pan'],
            ['Cast Iron', 'Carbon Steel', 'Copper', 'Stainless Steel'],
            diameters,
            6_900,
            1_700,
            ['A %n of %m for every hob, and for the oven when dinner needs it.', 'It gets better with each year of use.'],
          ),
          leaf(
            'Casseroles',
            'CAS',
            ['Casserole', 'Dutch Oven', 'Stockpot'],
            ['Enamelled Iron', 'Clay', 'Stainless Steel', 'Cast Aluminium'],
            diameters,
            11_900,
            3_900,
            ['A %n of %m that goes from hob to oven to table.', 'The lid returns the steam, so that nothing dries out.'],
          ),
        ],
      },
    ],
  },
  {
    name: 'Home',
    below: [
      {
        name: 'Lighting',
        below: [
          leaf(
            'Table Lamps',
            'LAM',
            ['Table Lamp', 'Desk Lamp', 'Bedside Lamp'],
            ['Brass', 'Opal Glass', 'Ceramic', 'Oak'],
            sizes,
            8_900,
            1_900,
            ['A %n of %m that gives light to read by and none to squint at.', 'Two metres of woven cable, dimmable, bulb not included.'],
          ),
          leaf(
            'Floor Lamps',
            'FLO',
            ['Floor Lamp', 'Reading Lamp', 'Arc Lamp'],
            ['Blackened Steel', 'Ash', 'Brass', 'Paper'],
            sizes,
            18_900,
            6_200,
            ['A %n of %m for the corner where the good chair stands.', 'Turns without tools; the foot is heavier than it looks.'],
          ),
        ],
      },
      {
        name: 'Textiles',
        below: [
          leaf('Blankets', 'BLA', ['Blanket', 'Throw', 'Bedspread'], ['Merino', 'Lambswool', 'Cotton', 'Alpaca'], sizes, 9_900, 1_300, [
            'A %n of %m, woven wide and finished by hand.',
            'Warm without weight, and washable at thirty degrees.',
          ]),
          leaf('Cushions', 'CUS', ['Cushion', 'Bolster', 'Floor Cushion'], ['Linen', 'Corduroy', 'Velvet', 'Hemp'], sizes, 3_900, 700, [
            'A %n in %m with a hidden zip and a filling that keeps its shape.',
            'Pre-washed, so that the first wash holds no surprise.',
          ]),
        ],
      },
      {
        name: 'Wall Art',
        below: [
          leaf(
            'Prints',
            'PRI',
            ['Print', 'Poster', 'Etching'],
            ['Giclée', 'Letterpress', 'Risograph', 'Linocut'],
            { name: 'Format', values: ['A4', 'A3', 'A2', 'A1'] },
            3_400,
            400,
            ['A %m %n on heavy cotton paper, sent flat.', 'Numbered and signed; the frame is yours to choose.'],
            'REDUCED',
          ),
        ],
      },
    ],
  },
  {
    name: 'Clothing',
    below: [
      {
        name: 'Knitwear',
        below: [
          leaf(
            'Jumpers',
            'JUM',
            ['Jumper', 'Cardigan', 'Slipover'],
            ['Merino', 'Shetland Wool', 'Cotton', 'Cashmere'],
            clothes,
            8_400,
            520,
            ['A %n of %m, knitted in one piece without side seams.', 'Made to be mended: a length of yarn comes with it.'],
          ),
          leaf(
            'Scarves',
            'SCA',
            ['Scarf', 'Snood', 'Shawl'],
            ['Lambswool', 'Silk', 'Alpaca', 'Linen'],
            { name: 'Length', values: ['140 cm', '180 cm', '220 cm'] },
            4_400,
            210,
            ['A %n of %m, brushed until it is as soft as it looks.', 'Long enough to go round twice.'],
          ),
        ],
      },
    ],
  },
  {
    name: 'Outdoors',
    below: [
      {
        name: 'Garden',
        below: [
          leaf(
            'Planters',
            'PLA',
            ['Planter', 'Flower Pot', 'Window Box'],
            ['Terracotta', 'Zinc', 'Larch', 'Fibre Clay'],
            sizes,
            2_900,
            2_600,
            ['A %n of %m that may stay outside all winter.', 'With a hole in the floor and a saucer that fits.'],
          ),
          leaf(
            'Hand Tools',
            'TOO',
            ['Trowel', 'Hand Fork', 'Secateurs'],
            ['Forged Steel', 'Stainless Steel', 'Carbon Steel', 'Bronze'],
            sizes,
            2_400,
            380,
            ['A %n of %m with a handle of ash.', 'Sharpened by hand, and easily sharpened again.'],
          ),
        ],
      },
    ],
  },
];

/** What every product of a leaf may state, and must. */
export const attributesOf = ({ materials }: Range): readonly AttributeDefinition[] => [
  { key: 'material', label: 'Material', kind: 'CHOICE', required: false, choices: materials },
  { key: 'origin', label: 'Made in', kind: 'TEXT', required: false },
  { key: 'warranty', label: 'Warranty in years', kind: 'NUMBER', required: false },
  { key: 'handmade', label: 'Made by hand', kind: 'FLAG', required: false },
];

export const isLeaf = (node: Branch | Leaf): node is Leaf => 'range' in node;

function leaf(
  name: string,
  code: string,
  nouns: readonly string[],
  materials: readonly string[],
  bySize: Range['sizes'],
  price: number,
  weightGrams: number,
  says: readonly string[],
  taxClass: Range['taxClass'] = 'STANDARD',
): Leaf {
  return { name, range: { code, nouns, materials, sizes: bySize, price, weightGrams, taxClass, says } };
}
