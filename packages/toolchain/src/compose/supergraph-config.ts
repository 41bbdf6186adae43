/** One entry of `supergraph.yaml`; `file` is relative to the repository. */
export type SubgraphEntry = { readonly name: string; readonly routingUrl: string; readonly file: string };

const LINE = /^(?<indent> *)(?<key>[A-Za-z_][\w-]*):(?: +(?<value>\S.*))?$/;

/**
 * Reads the part of YAML that rover's supergraph configuration needs: nested maps of plain scalars, and comments.
 *
 * @throws {Error} naming the line that is something else, or the entry that lacks `routing_url` or `schema.file`.
 */
export function parseSupergraphConfig(text: string): readonly SubgraphEntry[] {
  const values = flatten(text);
  const names = new Set([...values.keys()].flatMap((path) => /^subgraphs\.([^.]+)/.exec(path)?.[1] ?? []));
  return [...names].map((name) => {
    const routingUrl = values.get(`subgraphs.${name}.routing_url`);
    const file = values.get(`subgraphs.${name}.schema.file`);
    if (routingUrl === undefined || file === undefined) throw new Error(`supergraph.yaml: ${name} needs routing_url and schema.file`);
    return { name, routingUrl, file: file.replace(/^\.\//, '') };
  });
}

// Paths like `subgraphs.orders.schema.file`, each with its scalar; maps appear with an empty one.
function flatten(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const parents: { readonly indent: number; readonly key: string }[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    if (line === '') continue;
    const { indent: spaces = '', key, value = '' } = LINE.exec(line)?.groups ?? {};
    if (key === undefined) throw new Error(`supergraph.yaml:${String(at + 1)}: expected "key: value" or "key:"`);
    while ((parents.at(-1)?.indent ?? -1) >= spaces.length) parents.pop();
    parents.push({ indent: spaces.length, key });
    values.set(parents.map((parent) => parent.key).join('.'), value);
  }
  return values;
}
