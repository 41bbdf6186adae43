import fastify from 'fastify';
import { listen } from './listen.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * `/metrics` in Prometheus text on a port of its own, which no client reaches.
 *
 * @throws {StartupError} the port is taken.
 */
export async function startMetricsServer(options: {
  readonly port: number;
  readonly host: string;
  readonly telemetry: Telemetry;
}): Promise<AsyncDisposable & { readonly url: string }> {
  const app = fastify();
  app.get('/metrics', async (_, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.telemetry.metrics()));
  const url = await listen(app, { port: options.port, host: options.host });
  return { url, [Symbol.asyncDispose]: () => app.close() };
}
