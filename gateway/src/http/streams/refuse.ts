import type { FastifyReply } from 'fastify';
import type { StreamRefusedError } from '../../subscriptions/stream.ts';

const graphqlType = 'application/graphql-response+json';

/** Answers plainly that there is no stream. */
export function refuse(reply: FastifyReply, { status, headers, errors }: StreamRefusedError): void {
  const type = reply.request.headers.accept?.includes(graphqlType) === true ? graphqlType : 'application/json';
  void reply.code(status).headers(Object.fromEntries(headers)).type(`${type}; charset=utf-8`).send(JSON.stringify({ errors }));
}
