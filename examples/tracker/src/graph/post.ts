/** What a GraphQL server says about a request that went wrong. */
export interface GraphError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/** Nobody answered, or with something that is no answer. Nothing is known about what was done. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
}

/** The whole request was refused. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: string;

  constructor({ message, extensions }: GraphError) {
    super(message);
    this.code = extensions?.code ?? 'INTERNAL';
  }
}

/** Sends one operation, past every cache: for sign-in, which everything else builds on. */
export type Post = <Data>(document: string, variables: Readonly<Record<string, unknown>>, token?: string) => Promise<Data>;

/** @param url of the graph. The function throws {@link UnansweredError} or {@link RefusedError}. */
export function createPost(url: string): Post {
  return async <Data>(query: string, variables: Readonly<Record<string, unknown>>, token?: string): Promise<Data> => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { data, errors = [] } = await answerOf<Data>(
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization },
        body: JSON.stringify({ query, variables }),
      }),
    );
    const [error] = errors;
    if (error !== undefined) throw new RefusedError(error);
    if (data == null) throw new UnansweredError('an answer without data');
    return data;
  };
}

async function answerOf<Data>(sent: Promise<Response>): Promise<{ readonly data?: Data | null; readonly errors?: readonly GraphError[] }> {
  try {
    return (await (await sent).json()) as { readonly data?: Data | null; readonly errors?: readonly GraphError[] };
  } catch (cause) {
    throw new UnansweredError('no answer', { cause });
  }
}
