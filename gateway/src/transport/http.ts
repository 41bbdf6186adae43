import { LRUCache } from 'lru-cache';
import { errors, Pool } from 'undici';
import { UnreachableError, type Transport, type TransportRequest, type TransportResponse } from './transport.ts';

/** Patience in milliseconds, and size in bytes. */
export interface HttpPatience {
  readonly connectTimeoutMs: number;
  /** Until the headers of an answer, and between two pieces of its body. undici counts in steps of about half a second. */
  readonly answerTimeoutMs: number;
  readonly maxResponseBytes: number;
  /** Connections per origin. */
  readonly connections: number;
}

export const standardPatience: HttpPatience = {
  connectTimeoutMs: 1_000,
  answerTimeoutMs: 10_000,
  maxResponseBytes: 16 * 1024 * 1024,
  connections: 128,
};

/** One undici pool per origin, shared by the subgraphs that live there. */
export interface HttpPools extends AsyncDisposable {
  transportTo(url: string): Transport;
}

export function openHttpPools(patience: HttpPatience = standardPatience): HttpPools {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connections: patience.connections,
      connect: { timeout: patience.connectTimeoutMs },
      headersTimeout: patience.answerTimeoutMs,
      bodyTimeout: patience.answerTimeoutMs,
      maxResponseSize: patience.maxResponseBytes,
    });
    pools.set(origin, pool);
    return pool;
  };
  return {
    transportTo(url) {
      const { origin, pathname, search } = new URL(url);
      return httpTransport(poolOf(origin), `${pathname}${search}`);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function httpTransport(pool: Pool, path: string): Transport {
  // The text of an operation is sent again and again: it is escaped once.
  const prefixes = new LRUCache<string, string>({ max: 2_000 });
  const bodyOf = ({ query, variables, operationName }: TransportRequest): string => {
    let prefix = prefixes.get(query);
    if (prefix === undefined) {
      const name = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
      prefix = `{"query":${JSON.stringify(query)}${name},"variables":`;
      prefixes.set(query, prefix);
    }
    return `${prefix}${JSON.stringify(variables)}}`;
  };

  async function once(request: TransportRequest): Promise<TransportResponse> {
    const { statusCode, headers, body } = await pool.request({
      path,
      method: 'POST',
      headers: { ...request.headers, 'content-type': 'application/json', accept: 'application/json' },
      body: bodyOf(request),
      signal: request.signal,
    });
    const text = await body.text();
    const type = String(headers['content-type'] ?? '');
    if (!/^application\/(graphql-response\+)?json\b/i.test(type))
      throw new UnreachableError(`status ${String(statusCode)} of type ${type}`);
    try {
      return { status: statusCode, body: JSON.parse(text) };
    } catch (cause) {
      throw new UnreachableError('the answer is not JSON', { cause });
    }
  }

  return {
    async send(request) {
      try {
        return await once(request).catch((error: unknown) => {
          // A kept connection that its owner closed meanwhile: the request was never looked at, and a query may be asked again anyhow.
          if (request.repeatable && !request.signal.aborted && isReset(error)) return once(request);
          throw error;
        });
      } catch (error) {
        if (request.signal.aborted && request.signal.reason instanceof Error) throw request.signal.reason;
        throw toUnreachable(error);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

const isReset = (error: unknown): boolean =>
  error instanceof errors.SocketError || codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE';

function toUnreachable(error: unknown): UnreachableError {
  if (error instanceof UnreachableError) return error;
  const late = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
  return new UnreachableError(error instanceof Error ? error.message : String(error), { cause: error, late });
}
