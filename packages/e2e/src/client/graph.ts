import { Pool } from 'undici';
import type { Answers, OperationName } from './answers.ts';
import { documentOf } from './documents.ts';
import { redacted } from './redaction.ts';

export interface SendOptions {
  /** Access token of the caller; absent: nobody is signed in. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly traceId?: string };
}

/** One answer over HTTP, whatever it says. */
export interface Answer<Data> {
  readonly status: number;
  readonly data: Data | null;
  readonly errors: readonly AnswerError[];
}

/** A graph behind one URL. Disposal closes its connections. */
export interface Graph extends AsyncDisposable {
  /** Origin without a slash at the end. */
  readonly url: string;
  /**
   * Sends a document of operations/ and gives the answer back, errors included.
   *
   * @throws {RequestError} nobody answered, or what came is no GraphQL answer; retryable for queries.
   */
  send<Name extends OperationName>(
    operation: Name,
    variables: Readonly<Record<string, unknown>>,
    options?: SendOptions,
  ): Promise<Answer<Answers[Name]>>;
  /**
   * As `send`, for what must succeed: an answer with errors, or without data, throws.
   *
   * @throws {RequestError} the message holds operation, variables without secrets, and the body.
   */
  ask<Name extends OperationName>(
    operation: Name,
    variables: Readonly<Record<string, unknown>>,
    options?: SendOptions,
  ): Promise<Answers[Name]>;
  /** Sends any bytes to `/graphql`, for what no well-behaved client would send. */
  post(body: string, options?: SendOptions): Promise<Answer<unknown>>;
}

/** A request that did not get the answer it must get. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

const connections = 64;
const answerTimeoutMs = 30_000;

/** @param url of a gateway, with or without `/graphql`. */
export function createGraph(url: string): Graph {
  const origin = url.replace(/\/(graphql)?\/?$/, '');
  const pool = new Pool(origin, {
    connections,
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    connect: { timeout: 5_000 },
  });

  async function post(body: string, { token, headers = {} }: SendOptions = {}): Promise<Answer<unknown>> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      body,
    });
    return answerOf(response.statusCode, await response.body.text());
  }

  async function send<Name extends OperationName>(
    operation: Name,
    variables: Readonly<Record<string, unknown>>,
    options?: SendOptions,
  ): Promise<Answer<Answers[Name]>> {
    try {
      const body = JSON.stringify({ query: documentOf(operation), operationName: operation, variables });
      return (await post(body, options)) as Answer<Answers[Name]>;
    } catch (cause) {
      throw new RequestError(
        `${titleOf(operation, variables)}\n  from ${origin}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
  }

  return {
    url: origin,
    send,
    post,
    async ask(operation, variables, options) {
      const answer = await send(operation, variables, options);
      if (answer.data !== null && answer.errors.length === 0) return answer.data;
      throw new RequestError(
        `${titleOf(operation, variables)}\n  answered ${String(answer.status)}: ${printable({ data: answer.data, errors: answer.errors })}`,
      );
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

function answerOf(status: number, text: string): Answer<unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new RequestError(`status ${String(status)} without JSON: ${text.slice(0, 500)}`, { cause });
  }
  const { data = null, errors = [] } = body as { data?: unknown; errors?: readonly AnswerError[] };
  return { status, data, errors };
}

const titleOf = (operation: string, variables: unknown): string => `${operation} ${printable(variables)}`;

const printable = (value: unknown): string => JSON.stringify(redacted(value));
