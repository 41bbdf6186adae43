import { parse, type DocumentNode } from 'graphql';
import { boundedBy, operationBound } from '../planning/bounded.ts';
import { Refusal } from '../refusal.ts';
import { brokenLimit, documentRefusal } from './document-limits.ts';
import { isDeeperThan } from './json-depth.ts';
import type { Limits } from './profile.ts';
import { conditionalRoot, conditionsOnSubscriptions } from './subscription-root.ts';

/**
 * Checks what a client sent before it is validated: nothing expensive has happened yet. Verdicts are kept by text.
 *
 * @throws {Refusal} LIMIT_EXCEEDED (400); GRAPHQL_VALIDATION_FAILED (400) for a condition on the root field of a subscription, over which the specified
 * rule of graphql 16.15 stumbles where a variable decides.
 */
export type Admit = (query: unknown, variables: unknown, extensions: unknown) => void;

export function createAdmit(limits: Limits): Admit {
  const verdicts = boundedBy<{ readonly refuse: (() => Refusal) | null }>(operationBound, (_, text) => text.length);
  const verdictOf = (text: string): (() => Refusal) | null => {
    const known = verdicts.get(text);
    if (known !== undefined) return known.refuse;
    const document = parsed(text, limits.tokens);
    const refuse = document === null ? null : refusalOf(document, limits);
    verdicts.set(text, { refuse });
    return refuse;
  };
  return (query, variables, extensions) => {
    if (isDeeperThan(variables, limits.jsonDepth) || isDeeperThan(extensions, limits.jsonDepth)) {
      throw new Refusal({ code: 'LIMIT_EXCEEDED', status: 400, message: 'The variables nest too deep.', reason: 'limit_json' });
    }
    if (typeof query !== 'string') return;
    const refuse = verdictOf(query);
    if (refuse !== null) throw refuse();
  };
}

function refusalOf(document: DocumentNode, limits: Limits): (() => Refusal) | null {
  const broken = brokenLimit(document, limits);
  if (broken !== null) return () => documentRefusal(broken);
  const [condition] = conditionsOnSubscriptions(document);
  if (condition === undefined) return null;
  const message = conditionalRoot(condition);
  return () => new Refusal({ code: 'GRAPHQL_VALIDATION_FAILED', status: 400, message, reason: 'graphql_validation_failed' });
}

/** Syntax errors, and too many tokens, are Apollo Server's to report. */
function parsed(text: string, maxTokens: number): DocumentNode | null {
  try {
    return parse(text, { maxLexicalTokens: maxTokens, noLocation: true });
  } catch {
    return null;
  }
}
