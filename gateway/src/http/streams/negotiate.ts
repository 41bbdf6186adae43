/** A protocol that carries a stream in the answer to an HTTP request. */
export type ResponseProtocol = 'sse' | 'multipart';

interface Offer {
  readonly protocol: ResponseProtocol | null;
  readonly quality: number;
}

const answerTypes: ReadonlySet<string> = new Set(['*/*', 'application/*', 'application/json', 'application/graphql-response+json']);

/**
 * The streaming protocol that a client would rather have than a plain answer, by its `accept` header; `null`: a plain answer. Clients that list both
 * mean the first, unless they say by how much.
 *
 * @see GraphQL over SSE, distinct connections mode; Apollo's multipart protocol, `subscriptionSpec=1.0`; RFC 9110, 12.5.1
 */
export function streamProtocolOf(accept: string | undefined): ResponseProtocol | null {
  if (accept === undefined || !/event-stream|subscriptionspec/i.test(accept)) return null;
  const offers = accept
    .split(',')
    .map(offerOf)
    .filter((offer) => offer !== null && offer.quality > 0);
  const [first, ...others] = offers;
  return others.reduce((best, offer) => ((offer?.quality ?? 0) > (best?.quality ?? 0) ? offer : best), first)?.protocol ?? null;
}

function offerOf(range: string): Offer | null {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = Number(valueOf(parameters, 'q') ?? 1);
  if (type === 'text/event-stream') return { protocol: 'sse', quality };
  if (type === 'multipart/mixed' && valueOf(parameters, 'subscriptionspec') === '1.0') return { protocol: 'multipart', quality };
  return answerTypes.has(type) ? { protocol: null, quality } : null;
}

function valueOf(parameters: readonly string[], name: string): string | undefined {
  const parameter = parameters.find((one) => one.startsWith(`${name}=`));
  return parameter?.slice(name.length + 1).replaceAll('"', '');
}
