import type { WireCode } from '@tally/runtime';
import { GraphQLError } from 'graphql';

/** Why a request was turned away before anything ran. `reason` is the bounded label of `gateway_rejected_total`. */
export interface RefusalFacts {
  readonly code: WireCode;
  readonly status: number;
  readonly message: string;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

/** A whole operation turned away: nothing was fetched. Carries the HTTP status that Apollo Server answers with. */
export class Refusal extends GraphQLError {
  override readonly name = 'Refusal';
  readonly reason: string;

  constructor({ code, status, message, reason, retryAfterMs }: RefusalFacts) {
    super(message, {
      extensions: {
        code,
        http: { status, headers: headersOf(status, retryAfterMs) },
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      },
    });
    this.reason = reason;
  }
}

function headersOf(status: number, retryAfterMs: number | undefined): Map<string, string> {
  const headers = new Map<string, string>();
  if (status === 401) headers.set('www-authenticate', 'Bearer');
  if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)));
  return headers;
}
