import { isInterfaceType, isObjectType, type Directive, type Schema } from '@apollo/federation-internals';
import type { Caller } from '@tally/identity';

/** What a caller must be. Scopes are alternatives; each alternative holds when the caller has all of its scopes. Empty: being signed in is enough. */
export interface Requirement {
  readonly scopes: readonly (readonly string[])[];
}

/** Requirements by schema coordinate (`Type` or `Type.field`); all of a coordinate's must hold. Built once per generation. */
export type RequirementTable = ReadonlyMap<string, readonly Requirement[]>;

const authenticatedIdentity = 'https://specs.apollo.dev/authenticated';
const scopesIdentity = 'https://specs.apollo.dev/requiresScopes';

/**
 * Reads `@authenticated` and `@requiresScopes` off a supergraph. Their names come from its links, because `@link` may rename or prefix them.
 */
export function readRequirements(supergraph: Schema): RequirementTable {
  const authenticated = nameInSchema(supergraph, authenticatedIdentity, 'authenticated');
  const requiresScopes = nameInSchema(supergraph, scopesIdentity, 'requiresScopes');
  const table = new Map<string, readonly Requirement[]>();
  if (authenticated === null && requiresScopes === null) return table;

  const note = (coordinate: string, applied: readonly Pick<Directive, 'name' | 'arguments'>[]): void => {
    const requirements: Requirement[] = [];
    for (const directive of applied) {
      if (directive.name === authenticated) requirements.push({ scopes: [] });
      if (directive.name === requiresScopes) requirements.push({ scopes: scopesOf(directive) });
    }
    if (requirements.length > 0) table.set(coordinate, requirements);
  };
  for (const type of supergraph.types()) {
    note(type.name, type.appliedDirectives);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of type.fields()) note(`${type.name}.${field.name}`, field.appliedDirectives);
  }
  return table;
}

/** Whether the caller is what is required. */
export function meets(requirement: Requirement, caller: Caller): boolean {
  if (caller.kind === 'anonymous') return false;
  if (requirement.scopes.length === 0) return true;
  return requirement.scopes.some((all) => all.every((scope) => caller.scopes.includes(scope)));
}

function nameInSchema(supergraph: Schema, identity: string, name: string): string | null {
  return supergraph.coreFeatures?.getByIdentity(identity)?.directiveNameInSchema(name) ?? null;
}

/** An argument nobody can read must not turn into "anybody": it becomes a requirement that nobody meets. */
function scopesOf(directive: Pick<Directive, 'arguments'>): readonly (readonly string[])[] {
  const { scopes } = directive.arguments() as { readonly scopes?: unknown };
  const alternatives = Array.isArray(scopes) ? scopes.filter(isTextList) : [];
  return alternatives.length > 0 ? alternatives : [['']];
}

const isTextList = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');
