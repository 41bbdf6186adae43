import type { FastifyInstance } from 'fastify';

export type DependencyState = 'ok' | 'degraded' | 'down';

/** Whether the process can answer, and how its dependencies are. A dependency that is down does not by itself make it unready. */
export interface Readiness {
  readonly ready: boolean;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

/**
 * `/health/live`: the event loop turns, nothing remote is asked. `/health/ready` and `/health`: 200 or 503, the body lists the dependencies.
 * They need no token and reveal neither host nor version, nor why `ready` threw, which counts as not ready (docs/reliability.md, health).
 */
export function addHealthRoutes(app: FastifyInstance, options: { readonly ready: () => Promise<Readiness> | Readiness }): void {
  app.get('/health/live', () => ({ status: 'live' }));
  for (const path of ['/health', '/health/ready']) {
    app.get(path, async (_, reply) => {
      const { ready, dependencies } = await answerOf(options.ready);
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', dependencies });
    });
  }
}

async function answerOf(ready: () => Promise<Readiness> | Readiness): Promise<Readiness> {
  try {
    return await ready();
  } catch {
    return { ready: false, dependencies: {} };
  }
}
