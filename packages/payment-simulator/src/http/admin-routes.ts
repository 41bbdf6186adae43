import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseBehaviour, suitsEnquiry } from '../domain/behaviour.ts';
import { moneyOperations } from '../domain/money-request.ts';
import { isToken } from '../domain/tokens.ts';
import { intervene } from '../provider/intervene.ts';
import { readLedger } from '../store/ledger.ts';
import { clear, enqueue } from '../store/script.ts';
import type { SimulatorContext } from './context.ts';
import { notFound, parse } from './refusal.ts';

const scriptBody = z
  .strictObject({
    operation: z.enum([...moneyOperations, 'enquire']),
    token: z.string().refine(isToken, 'is no token of the simulator').optional(),
    behaviours: z
      .array(z.string().refine((text) => parseBehaviour(text) !== null, 'is no behaviour'))
      .min(1)
      .max(1_000),
  })
  .refine(({ operation, behaviours }) => operation !== 'enquire' || behaviours.every(fitsEnquiry), 'an enquiry cannot behave like that');

function fitsEnquiry(text: string): boolean {
  const behaviour = parseBehaviour(text);
  return behaviour !== null && suitsEnquiry(behaviour);
}

const ledgerQuery = z.strictObject({
  order: z.string().optional(),
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
});

const target = z.object({ id: z.string() });

/** What only a simulator has: telling it how to answer, reading its ledger, and what buyer and time do. */
export function adminRoutes(server: FastifyInstance, context: SimulatorContext): void {
  server.post('/admin/script', async (request, reply) => {
    const { operation, token, behaviours } = parse(scriptBody, request.body);
    await enqueue(context.db, operation, token ?? null, behaviours);
    return reply.code(201).send({ queued: behaviours.length });
  });

  server.delete('/admin/script', async (_request, reply) => {
    await clear(context.db);
    return reply.code(204).send();
  });

  server.get('/admin/ledger', async (request) => {
    const { order, after, limit } = parse(ledgerQuery, request.query);
    const entries = await readLedger(context.db, order ?? null, after, limit);
    return { entries, next: entries.length === limit ? (entries.at(-1)?.id ?? null) : null };
  });

  for (const what of ['approve', 'expire'] as const) {
    server.post(`/admin/${what}/:id`, async (request, reply) => {
      const answer = await intervene(context.db, what, parse(target, request.params).id, context.actionUrl);
      if (answer === null) throw notFound();
      return reply.code(answer.status).type('application/json').send(answer.body);
    });
  }
}
