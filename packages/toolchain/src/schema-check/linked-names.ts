import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/**
 * Names of directives in a document, as its `@link`s have them: a directive may be imported, renamed or prefixed.
 *
 * @returns the name under which the document uses `directive` of `feature` (`authenticated`, `cost`, `event-log`); `null`: it links no such feature.
 * @see https://specs.apollo.dev/link/v1.0
 */
export function linkedNames(document: DocumentNode): (feature: string, directive: string) => string | null {
  const links = new Map(linksOf(document).flatMap((link) => (link === null ? [] : [[link.feature, link] as const])));
  return (feature, directive) => {
    const link = links.get(feature);
    if (link === undefined) return null;
    return link.imports.get(directive) ?? (directive === feature ? link.prefix : `${link.prefix}__${directive}`);
  };
}

interface Link {
  readonly feature: string;
  readonly prefix: string;
  readonly imports: ReadonlyMap<string, string>;
}

function linksOf(document: DocumentNode): readonly (Link | null)[] {
  return document.definitions
    .filter((definition) => definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION)
    .flatMap(({ directives = [] }) => directives.filter(({ name }) => name.value === 'link').map(toLink));
}

function toLink(directive: ConstDirectiveNode): Link | null {
  const { url, as, import: imported } = argumentsOf(directive);
  const feature = typeof url === 'string' ? /\/([^/]+)\/v\d+\.\d+$/.exec(url)?.[1] : undefined;
  if (feature === undefined) return null;
  const imports = (Array.isArray(imported) ? imported : []).flatMap((entry: unknown) => toImport(entry));
  return { feature, prefix: typeof as === 'string' ? as : feature, imports: new Map(imports) };
}

function toImport(entry: unknown): readonly (readonly [string, string])[] {
  if (typeof entry === 'string') return [[bare(entry), bare(entry)]];
  const { name, as } = (entry ?? {}) as { readonly name?: unknown; readonly as?: unknown };
  return typeof name === 'string' ? [[bare(name), bare(typeof as === 'string' ? as : name)]] : [];
}

const bare = (name: string): string => name.replace(/^@/, '');

/** The arguments of a directive as plain values. */
export function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}
