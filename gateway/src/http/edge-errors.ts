import type { Logger } from '@tally/runtime';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { WireCode } from '@tally/runtime';

/** Everything that fails before Apollo Server sees it leaves in the same form: a code of the closed list and nothing of the inside. */
export function addEdgeErrors(app: FastifyInstance, logger: Logger, rejected: (reason: string) => void): void {
  app.setErrorHandler<FastifyError>((error, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413) return turnAway(reply, 413, 'LIMIT_EXCEEDED', 'The body is too large.', 'limit_body');
    if (status === 415) return turnAway(reply, 415, 'BAD_REQUEST', 'Send application/json.', 'content_type');
    if (status >= 400 && status < 500) return turnAway(reply, status, 'BAD_REQUEST', 'The request cannot be read.', 'bad_request');
    logger.error({ err: error }, 'a request failed at the edge');
    return turnAway(reply, 500, 'INTERNAL', 'Something went wrong.', 'internal');
  });
  app.setNotFoundHandler((_, reply) => turnAway(reply, 404, 'NOT_FOUND', 'There is nothing here.', 'not_found'));

  function turnAway(reply: FastifyReply, status: number, code: WireCode, message: string, reason: string): FastifyReply {
    rejected(reason);
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
  }
}
