import type { IncomingMessage } from 'node:http';

/**
 * The address of a client behind so many trusted proxies, for requests that Fastify does not see: what its `request.ip` would be. Empty once the
 * client has gone.
 */
export function clientAddress({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>, trustedProxies: number): string {
  const forwarded = headers['x-forwarded-for'];
  const hops = typeof forwarded === 'string' ? forwarded.split(',').map((hop) => hop.trim()) : [];
  const nearestFirst = [socket.remoteAddress ?? '', ...hops.toReversed()];
  return nearestFirst[Math.min(trustedProxies, nearestFirst.length - 1)] ?? '';
}
