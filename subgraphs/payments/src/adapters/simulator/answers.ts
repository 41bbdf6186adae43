import { z } from 'zod';
import type { CallAnswer, EnquiryAnswer, Snapshot } from '../../domain/evidence.ts';

/** Bytes of a response, as far as they arrived. */
export interface Response {
  readonly status: number;
  readonly body: string;
}

const operation = z.object({
  operation: z.string(),
  key: z.string().nullable(),
  outcome: z.enum(['succeeded', 'requires_action', 'declined', 'refused']),
  reason: z.string().nullable(),
});

const authorisation = z.object({
  id: z.string().min(1),
  order: z.string(),
  amount: z.int().nonnegative(),
  currency: z.string(),
  status: z.enum(['requires_action', 'authorised', 'captured', 'partially_refunded', 'refunded', 'declined', 'voided', 'expired']),
  captured: z.int().nonnegative(),
  actionUrl: z.string().nullable(),
  operations: z.array(operation),
});

const refusal = z.object({ error: z.object({ code: z.string() }), authorisation: authorisation.optional() });
const listing = z.object({ authorisations: z.array(authorisation) });

type Authorisation = z.infer<typeof authorisation>;

const statuses = {
  requires_action: 'REQUIRES_ACTION',
  authorised: 'AUTHORISED',
  captured: 'CAPTURED',
  partially_refunded: 'CAPTURED',
  refunded: 'CAPTURED',
  declined: 'DECLINED',
  voided: 'VOIDED',
  expired: 'VOIDED',
} as const satisfies Record<Authorisation['status'], Snapshot['status']>;

/**
 * What a response to a call says. 4xx is a definite no, except where it says that the call itself was not looked at (408, 425, 429) or that the key
 * belongs to another request (409), which only an enquiry can explain.
 */
export function readCall({ status, body }: Response): CallAnswer {
  if (status >= 200 && status < 300) {
    const read = parsed(authorisation, body);
    return read === null ? { kind: 'UNKNOWN', code: 'UNREADABLE' } : { kind: 'ANSWERED', snapshot: toSnapshot(read) };
  }
  if (status === 408 || status === 425 || status === 429) return { kind: 'NOT_SENT', code: `HTTP_${String(status)}`, circuitOpen: false };
  if (status < 400 || status >= 500 || status === 409) return { kind: 'UNKNOWN', code: `HTTP_${String(status)}` };
  const read = parsed(refusal, body);
  if (read === null) return { kind: 'UNKNOWN', code: 'UNREADABLE' };
  return { kind: 'REFUSED', code: read.error.code, snapshot: read.authorisation === undefined ? null : toSnapshot(read.authorisation) };
}

/** What a response to an enquiry says about the call of `key`. */
export function readEnquiry({ status, body }: Response, key: string): EnquiryAnswer {
  if (status !== 200) return { kind: 'UNKNOWN', code: `HTTP_${String(status)}` };
  const read = parsed(listing, body);
  if (read === null) return { kind: 'UNKNOWN', code: 'UNREADABLE' };
  const [found, ...others] = read.authorisations;
  if (found === undefined) return { kind: 'NOT_FOUND' };
  if (others.length > 0) return { kind: 'UNKNOWN', code: 'AMBIGUOUS' };
  const own = found.operations.findLast((entry) => entry.key === key);
  if (own === undefined) return { kind: 'FOUND', snapshot: toSnapshot(found), outcome: 'NONE', code: null };
  return { kind: 'FOUND', snapshot: toSnapshot(found), outcome: own.outcome === 'refused' ? 'REFUSED' : 'SUCCEEDED', code: own.reason };
}

const toSnapshot = ({ id, order, amount, currency, status, captured, actionUrl, operations }: Authorisation): Snapshot => ({
  ref: id,
  orderId: order,
  amount,
  currency,
  status: statuses[status],
  captured,
  actionUrl,
  declineCode: operations.find(({ outcome }) => outcome === 'declined')?.reason ?? null,
});

function parsed<Schema extends z.ZodType>(schema: Schema, body: string): z.output<Schema> | null {
  try {
    return schema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
