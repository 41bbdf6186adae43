import { once } from 'node:events';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { toStartupError } from './startup-error.ts';

/**
 * Listens and says where.
 *
 * @param address port 0 means any free one.
 * @throws {StartupError} the port is taken or not permitted.
 */
export async function listen(app: FastifyInstance, address: { readonly port: number; readonly host: string }): Promise<string> {
  try {
    await app.listen(address);
  } catch (cause) {
    throw toStartupError(`port ${String(address.port)} of ${address.host}`, cause);
  }
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('not listening on TCP');
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return `http://${host}:${String(bound.port)}`;
}

/**
 * Sees to it before longer work that a port can be had later.
 *
 * @throws {StartupError} it is taken or not permitted.
 */
export async function assertPortFree(address: { readonly port: number; readonly host: string }): Promise<void> {
  if (address.port === 0) return;
  const probe = createServer();
  try {
    await once(probe.listen(address.port, address.host), 'listening');
  } catch (cause) {
    throw toStartupError(`port ${String(address.port)} of ${address.host}`, cause);
  } finally {
    probe.close();
  }
}
