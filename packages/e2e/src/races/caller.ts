import { Pool } from 'undici';
import type { Answers, OperationName } from '../client/answers.ts';
import { documentOf } from '../client/documents.ts';
import type { AnswerError } from '../client/graph.ts';
import type { GatewayIndex } from '../harness/buyers.ts';

/** An answer, whatever it says. `lost`: there was none, and how. */
export interface Heard<Data> {
  readonly data: Data | null;
  readonly errors: readonly AnswerError[];
  readonly lost: string | null;
}

/** Somebody with a token and connections of their own, from an address of their own, who may ask either gateway. Disposal closes the connections. */
export interface Caller extends AsyncDisposable {
  readonly token: string;
  /** Where this caller goes first. */
  readonly home: GatewayIndex;
  /** Sends a document of operations/. Never throws. */
  send<Name extends OperationName>(
    operation: Name,
    variables: Readonly<Record<string, unknown>>,
    gateway?: GatewayIndex,
  ): Promise<Heard<Answers[Name]>>;
  /** Sends any document. Never throws. */
  post<Data>(query: string, variables: Readonly<Record<string, unknown>>, gateway?: GatewayIndex): Promise<Heard<Data>>;
}

const answerTimeoutMs = 30_000;

export function openCaller(options: {
  readonly gateways: readonly [string, string];
  readonly token: string;
  readonly home: GatewayIndex;
  /** Absent: any of this machine. */
  readonly localAddress?: string | undefined;
}): Caller {
  const { gateways, token, home, localAddress } = options;
  const pools = gateways.map(
    (origin) =>
      new Pool(origin, {
        connections: null,
        headersTimeout: answerTimeoutMs,
        bodyTimeout: answerTimeoutMs,
        ...(localAddress === undefined ? {} : { localAddress }),
        connect: { timeout: 10_000 },
      }),
  );
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };

  async function post<Data>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    gateway: GatewayIndex = home,
  ): Promise<Heard<Data>> {
    try {
      const pool = pools[gateway];
      if (pool === undefined) throw new RangeError('no such gateway');
      const { body } = await pool.request({ path: '/graphql', method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      const { data = null, errors = [] } = (await body.json()) as { data?: Data | null; errors?: readonly AnswerError[] };
      return { data, errors, lost: null };
    } catch (error) {
      return { data: null, errors: [], lost: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    token,
    home,
    post,
    send: (operation, variables, gateway) => post(documentOf(operation), variables, gateway),
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}
