import { readFileSync } from 'node:fs';
import { composeSubgraphs, readSubgraphs, type SubgraphText } from '../compose/compose-supergraph.ts';
import { toLine } from '../compose/problem.ts';
import { inRoot } from '../repository.ts';

/** The small graph of the tests: subgraphs, operations, and a page that embeds its own. */
export const SHOP = inRoot('packages', 'toolchain', 'fixtures', 'schema-check');

/** A change of one subgraph's text. */
export type Edit = readonly [subgraph: 'orders' | 'payments' | 'events', from: string, to: string];

/** The subgraphs of the shop after some edits. Throws when an edit does not find its text: it would test nothing. */
export function shopWith(...edits: readonly Edit[]): readonly SubgraphText[] {
  return readSubgraphs(SHOP).map((subgraph) => ({
    ...subgraph,
    sdl: edits.filter(([name]) => name === subgraph.name).reduce((sdl, [, from, to]) => edited(sdl, from, to), subgraph.sdl),
  }));
}

/** What subgraphs compose to. Throws the problems when they do not. */
export function composed(subgraphs: readonly SubgraphText[]): string {
  const result = composeSubgraphs(subgraphs);
  if (!result.ok) throw new Error(result.problems.map(toLine).join('\n'));
  return result.supergraph;
}

function edited(sdl: string, from: string, to: string): string {
  if (!sdl.includes(from)) throw new Error(`nothing to edit: ${from}`);
  return sdl.replace(from, to);
}

/** Text of a file of the shop. */
export const shopFile = (path: string): string => readFileSync(`${SHOP}/${path}`, 'utf8');
