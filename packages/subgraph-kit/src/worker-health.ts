import { addHealthRoutes, listen } from '@tally/runtime';
import fastify from 'fastify';
import { refused } from './admission.ts';
import { createReadiness, type ReadinessSources } from './readiness.ts';
import type { SubgraphConfig } from './subgraph-config.ts';

/** The port of a process that answers no requests of the graph. */
export interface WorkerHealth extends AsyncDisposable {
  readonly url: string;
  /** From now on the process is ready, until what this gives is disposed: call it when everything runs, and dispose it before anything stops. */
  working(): Disposable;
}

/**
 * `/health/live` and `/health/ready` for a process with the role `worker` alone, by the rules of `startSubgraph`; every other path is 404. Start it before
 * the worker, so that it answers for as long as the worker starts and drains.
 *
 * @returns `null` where the role `api` answers on the port, and where there is none.
 * @throws {StartupError} the port is taken.
 * @see docs/reliability.md, health.
 */
export async function startWorkerHealth(
  { roles, http }: Pick<SubgraphConfig, 'roles' | 'http'>,
  sources: ReadinessSources,
): Promise<WorkerHealth | null> {
  if (http === null || roles.includes('api')) return null;
  let working = false;
  // Nothing here takes long: whoever is still connected at the end is not waited for.
  const app = fastify({ forceCloseConnections: true });
  app.setNotFoundHandler(async (_, reply) => reply.code(404).send(refused(404, 'NOT_FOUND', 'Not found.').body));
  addHealthRoutes(app, { ready: createReadiness(sources, { draining: () => !working }) });
  const url = await listen(app, http);
  return {
    url,
    working() {
      working = true;
      return {
        [Symbol.dispose]() {
          working = false;
        },
      };
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}
