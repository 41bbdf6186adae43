const answerTypes: ReadonlySet<string> = new Set(['*/*', 'application/*', 'application/json', 'application/graphql-response+json']);

/**
 * Whether a client can read an answer, by its `accept` header. Apollo Server finds out only afterwards, when a mutation has run already.
 *
 * @see RFC 9110, 12.5.1
 */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return true;
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return answerTypes.has(type) && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
