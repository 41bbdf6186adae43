import { LineCounter, parseDocument } from 'yaml';

/** One entry of `supergraph.yaml`; `file` is relative to the folder of that file. */
export type SubgraphEntry = { readonly name: string; readonly routingUrl: string; readonly file: string };

/**
 * Reads rover's supergraph configuration: of each subgraph `routing_url` and `schema.file`.
 *
 * @throws {Error} one line that names the line that is no YAML, or the entry that lacks one of the two.
 */
export function parseSupergraphConfig(text: string): readonly SubgraphEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`supergraph.yaml:${String(lines.linePos(error.pos[0]).line)}: ${error.message}`);
  const subgraphs = member(document.toJS() as unknown, 'subgraphs');
  if (typeof subgraphs !== 'object' || subgraphs === null || Array.isArray(subgraphs))
    throw new Error('supergraph.yaml: subgraphs is no map from names to subgraphs');
  return Object.entries(subgraphs).map(([name, entry]: [string, unknown]) => {
    const routingUrl = member(entry, 'routing_url');
    const file = member(member(entry, 'schema'), 'file');
    if (typeof routingUrl !== 'string' || typeof file !== 'string')
      throw new Error(`supergraph.yaml: ${name} needs routing_url and schema.file`);
    return { name, routingUrl, file: file.replace(/^\.\//, '') };
  });
}

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
