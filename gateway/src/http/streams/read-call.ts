import type { FastifyRequest } from 'fastify';
import { Refusal } from '../../refusal.ts';
import type { StreamRequest } from '../../subscriptions/stream.ts';
import { couldBeForged } from './forgery.ts';

/** What a request for a stream says. */
export type Call = Pick<StreamRequest, 'query' | 'variables' | 'operationName' | 'extensions' | 'resumeAfter'>;

/**
 * Reads a request for a stream, POST or GET.
 *
 * @throws {Refusal} BAD_REQUEST: another method (405), a request that a foreign page could have sent, parts of the wrong type.
 */
export function readCall({ method, headers, body, query }: FastifyRequest): Call {
  if (method !== 'POST' && method !== 'GET') throw badRequest('Ask by POST or GET.', 405);
  if (couldBeForged(headers)) throw badRequest('Send a content type that is not simple, or the header apollo-require-preflight.');
  const sent = method === 'POST' ? body : query;
  if (!isRecord(sent)) throw badRequest('The body must be an object.');
  const parts = method === 'POST' ? sent : { ...sent, variables: json(sent['variables']), extensions: json(sent['extensions']) };
  const { query: document, variables = null, operationName = null, extensions = null } = parts;
  if (typeof document !== 'string' || document === '') throw badRequest('The query must be text.');
  if (variables !== null && !isRecord(variables)) throw badRequest('The variables must be an object.');
  if (extensions !== null && !isRecord(extensions)) throw badRequest('The extensions must be an object.');
  if (operationName !== null && typeof operationName !== 'string') throw badRequest('The operation name must be text.');
  return { query: document, variables: variables ?? {}, operationName, extensions, resumeAfter: sequenceIn(headers['last-event-id']) };
}

/** What EventSource sends when it comes back: the last `id` it saw. */
function sequenceIn(lastEventId: string | readonly string[] | undefined): number | null {
  if (lastEventId === undefined || lastEventId === '') return null;
  const sequence = typeof lastEventId === 'string' && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : null;
  if (sequence === null) throw badRequest('Last-Event-ID must be a sequence.');
  return sequence;
}

const badRequest = (message: string, status = 400): Refusal => new Refusal({ code: 'BAD_REQUEST', status, message, reason: 'bad_request' });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function json(text: unknown): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return typeof text === 'string' ? JSON.parse(text) : 'not text';
  } catch {
    return 'not JSON';
  }
}
