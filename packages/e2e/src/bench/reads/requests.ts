import type { Graph } from '../../client/graph.ts';
import type { Random } from '@tally/kernel';

/** A kind of request, and requests of that kind that differ. */
export interface ReadKind {
  readonly title: string;
  readonly operation: 'ProductList' | 'ProductSearch' | 'ProductPage';
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

const different = 50;
const pageSize = 100;

interface Listed {
  readonly pageInfo: { readonly endCursor: string | null };
  readonly edges: readonly { readonly node: { readonly slug: string; readonly title: string } }[];
}

/** Requests about what the catalogue really holds: pages of 20 all over it, words of its titles, some of them misspelt, and single products. */
export async function readKinds(graph: Graph, random: Random): Promise<readonly ReadKind[]> {
  const listed: Listed['edges'][number]['node'][] = [];
  const cursors: (string | null)[] = [null];
  for (let page = 0; page < 5; page++) {
    const { products } = (await graph.ask('ProductList', { first: pageSize, after: cursors.at(-1) ?? null })) as unknown as {
      readonly products: Listed;
    };
    listed.push(...products.edges.map(({ node }) => node));
    cursors.push(products.pageInfo.endCursor);
  }
  const some = Array.from({ length: different }, () => listed[random.between(0, listed.length - 1)] ?? { slug: '', title: '' });
  return [
    {
      title: 'list of 20',
      operation: 'ProductList',
      variables: some.map((_, index) => ({ first: 20, after: cursors[index % cursors.length] ?? null })),
    },
    {
      title: 'search',
      operation: 'ProductSearch',
      variables: some.map(({ title }, index) => ({ query: searchFor(title, index, random), first: 20 })),
    },
    { title: 'product page', operation: 'ProductPage', variables: some.map(({ slug }) => ({ slug })) },
  ];
}

/** One word or two of a title; every fourth time the first is misspelt as people do: two letters change places. */
function searchFor(title: string, index: number, random: Random): string {
  const words = title.toLowerCase().split(' ');
  const first = words[random.between(0, words.length - 1)] ?? title;
  const second = index % 2 === 0 ? [] : [words[random.between(0, words.length - 1)] ?? ''];
  return [index % 4 === 3 ? swapped(first, random) : first, ...second].join(' ');
}

function swapped(word: string, random: Random): string {
  const at = random.between(1, Math.max(1, word.length - 2));
  return `${word.slice(0, at)}${word.charAt(at + 1)}${word.charAt(at)}${word.slice(at + 2)}`;
}
