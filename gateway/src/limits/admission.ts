import { parse, type DocumentNode } from 'graphql';
import { boundedBy, operationBound } from '../planning/bounded.ts';
import { Refusal } from '../refusal.ts';
import { brokenLimit, documentRefusal, type DocumentLimit } from './document-limits.ts';
import { isDeeperThan } from './json-depth.ts';
import type { Limits } from './profile.ts';

/**
 * Checks what a client sent before it is validated: nothing expensive has happened yet. Verdicts are kept by text.
 *
 * @throws {Refusal} LIMIT_EXCEEDED (400).
 */
export type Admit = (query: unknown, variables: unknown, extensions: unknown) => void;

export function createAdmit(limits: Limits): Admit {
  const verdicts = boundedBy<{ readonly broken: DocumentLimit | null }>(operationBound, (_, text) => text.length);
  const verdictOf = (text: string): DocumentLimit | null => {
    const known = verdicts.get(text);
    if (known !== undefined) return known.broken;
    const document = parsed(text, limits.tokens);
    const broken = document === null ? null : brokenLimit(document, limits);
    verdicts.set(text, { broken });
    return broken;
  };
  return (query, variables, extensions) => {
    if (isDeeperThan(variables, limits.jsonDepth) || isDeeperThan(extensions, limits.jsonDepth)) {
      throw new Refusal({ code: 'LIMIT_EXCEEDED', status: 400, message: 'The variables nest too deep.', reason: 'limit_json' });
    }
    if (typeof query !== 'string') return;
    const broken = verdictOf(query);
    if (broken !== null) throw documentRefusal(broken);
  };
}

/** Syntax errors, and too many tokens, are Apollo Server's to report. */
function parsed(text: string, maxTokens: number): DocumentNode | null {
  try {
    return parse(text, { maxLexicalTokens: maxTokens, noLocation: true });
  } catch {
    return null;
  }
}
