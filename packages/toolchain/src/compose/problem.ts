import type { ASTNode } from 'graphql';

/** Something that keeps the supergraph from being written: where it stands, if anywhere, and what it is. */
export type Problem = { readonly where: string | null; readonly what: string };

/** `file:line:column` of a parsed node; the file is the name its source was parsed under. */
export function placeOf(node: ASTNode | undefined): string | null {
  if (node?.loc === undefined) return null;
  const { source, startToken } = node.loc;
  return `${source.name}:${String(startToken.line)}:${String(startToken.column)}`;
}

/** One line per problem, the place first so that terminals make it a link. */
export function toLine({ where, what }: Problem): string {
  return where === null ? what : `${where}  ${what}`;
}
