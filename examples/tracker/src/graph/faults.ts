import { CombinedGraphQLErrors } from '@apollo/client';
import { RefusedError } from './post.ts';

const said: Readonly<Record<string, string>> = {
  FORBIDDEN: 'This account may not do that.',
  NOT_FOUND: 'There is no such thing, or it is not yours.',
  RATE_LIMITED: 'That was a little fast. Wait a moment and try again.',
  SUBGRAPH_UNAVAILABLE: 'A part of the shop does not answer at the moment.',
  TIMEOUT: 'The shop takes too long to answer.',
  UNAUTHENTICATED: 'Sign in first.',
};

/** What went wrong, in a sentence for the page. Codes that are not listed here say what the shop says. */
export function faultOf(error: unknown): string {
  if (CombinedGraphQLErrors.is(error)) {
    const [first] = error.errors;
    const code = first?.extensions?.['code'];
    return (typeof code === 'string' ? said[code] : undefined) ?? first?.message ?? 'Something went wrong.';
  }
  if (error instanceof RefusedError) return said[error.code] ?? error.message;
  return 'The shop does not answer.';
}
