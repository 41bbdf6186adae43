import { addHealthRoutes, type Logger } from '@tally/runtime';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyInstance } from 'fastify';
import type { Queryable } from '../store/database.ts';
import { adminRoutes } from './admin-routes.ts';
import { challengeRoutes } from './challenge-routes.ts';
import type { SimulatorContext } from './context.ts';
import { enquiryRoutes } from './enquiry-routes.ts';
import { moneyRoutes } from './money-routes.ts';
import { RequestRefusedError } from './refusal.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** The HTTP face of the simulator; it does not listen yet. */
export function createServer(context: SimulatorContext, logger: Logger | undefined): FastifyInstance {
  const loggerInstance: FastifyBaseLogger | undefined = logger;
  const logController = new LogController({ disableRequestLogging: true });
  const server = Fastify(loggerInstance === undefined ? { logController } : { loggerInstance, logController });

  // A void has no body, whatever content type its client puts there; an approval comes from a form without fields.
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch {
      done(new RequestRefusedError(400, 'invalid_request', 'The body is no JSON.'));
    }
  });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _body, done) => done(null, undefined));

  server.setErrorHandler<FastifyError | RequestRefusedError>((error, request, reply) => {
    if (error instanceof RequestRefusedError) return reply.code(error.status).send({ error: { code: error.code, message: error.message } });
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: { code: 'invalid_request', message: error.message } });
    request.log.error({ err: error }, 'the simulator failed');
    return reply.code(503).send({ error: { code: 'unavailable', message: 'The provider is not available.' } });
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: { code: 'not_found', message: 'There is no such call.' } }));

  server.addHook('preClose', async () => context.openEnds.close());
  addHealthRoutes(server, {
    ready: async () => {
      const ready = await answers(context.db);
      return { ready, dependencies: { postgres: ready ? 'ok' : 'down' } };
    },
  });
  moneyRoutes(server, context);
  enquiryRoutes(server, context);
  adminRoutes(server, context);
  webhookRoutes(server, context);
  challengeRoutes(server);
  return server;
}

const answers = (db: Queryable): Promise<boolean> =>
  db.query('SELECT 1').then(
    () => true,
    () => false,
  );
