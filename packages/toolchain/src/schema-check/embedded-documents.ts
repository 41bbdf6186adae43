const TEMPLATE = /(?:\b(?:gql|graphql)\s*|\/\*\s*GraphQL\s*\*\/\s*)`((?:[^`\\]|\\.)*)`/dg;

/**
 * The GraphQL in the templates of a program (`gql`, `graphql`, or after a comment that says GraphQL), each character where it stood and blanks around it: what
 * a parser says about the result, it says about the program. Whatever a template interpolates is a blank too; fragments are found by their names.
 */
export function embeddedDocuments(program: string): string {
  const kept = [...program.matchAll(TEMPLATE)].flatMap(({ indices }) => (indices?.[1] === undefined ? [] : [indices[1]]));
  let result = '';
  for (const [from, to] of kept) {
    result += blank(program.slice(result.length, from));
    result += program.slice(from, to).replace(/\$\{[^}]*\}/g, blank);
  }
  return result;
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
