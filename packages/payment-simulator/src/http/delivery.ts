import { unreachable } from '@tally/kernel';
import type { FastifyReply } from 'fastify';
import type { Reply } from '../domain/course.ts';
import type { OpenEnds } from './open-ends.ts';

/** What would be answered if nothing were in the way. */
export interface Deliverable {
  readonly status: number;
  readonly body: string;
  readonly replayed?: boolean;
}

/** Lets the caller see what the course of the call allows it to see. `answer` is only read where it is shown. */
export async function deliver(reply: FastifyReply, course: Reply, answer: Deliverable | null, openEnds: OpenEnds): Promise<FastifyReply> {
  const socket = reply.raw.socket;
  switch (course.kind) {
    case 'answer':
      if (answer === null) throw new Error('an answer was promised and there is none');
      if (answer.replayed === true) reply.header('idempotent-replayed', 'true');
      return reply.code(answer.status).type('application/json').send(answer.body);
    case 'status':
      return reply.code(course.status).send({ error: { code: 'provider_error', message: 'The provider failed.' } });
    case 'garbage':
      return reply.code(200).type('application/json').send('{"id":"auth_<html><body>upstream');
    case 'hold':
      reply.hijack();
      if (socket !== null) await openEnds.hold(socket);
      return reply;
    case 'close':
      reply.hijack();
      socket?.destroy();
      return reply;
    case 'reset':
      reply.hijack();
      socket?.resetAndDestroy();
      return reply;
    default:
      return unreachable(course);
  }
}
