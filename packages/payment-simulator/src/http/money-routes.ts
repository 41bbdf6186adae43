import { unreachable } from '@tally/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Authorisation } from '../domain/authorisation.ts';
import { parseBehaviour } from '../domain/behaviour.ts';
import { goesAstray, planMoney, type Course } from '../domain/course.ts';
import type { MoneyRequest } from '../domain/money-request.ts';
import { isToken } from '../domain/tokens.ts';
import { perform, type Answer } from '../provider/perform.ts';
import { findAuthorisation } from '../store/authorisations.ts';
import { isKnownKey } from '../store/idempotency-keys.ts';
import { postpone } from '../store/late-operations.ts';
import { appendNotDone } from '../store/ledger.ts';
import { takeNext } from '../store/script.ts';
import type { SimulatorContext } from './context.ts';
import { deliver } from './delivery.ts';
import { notFound, parse } from './refusal.ts';

const amount = z.int().positive();
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters (ISO 4217)');
const token = z.string().refine(isToken, 'is no token of the simulator');

const authoriseBody = z.strictObject({ order: z.string().min(1).max(255), amount, currency, token, capture: z.boolean().default(false) });
const amountBody = z.strictObject({ amount, currency });
const voidBody = z.strictObject({}).nullish();
const target = z.object({ id: z.string() });
const headers = z.object({
  'idempotency-key': z.string('is required').regex(/^[\x20-\x7e]{1,255}$/, 'must be 1 to 255 printable characters'),
});

const keyOf = (request: FastifyRequest): string => parse(headers, request.headers)['idempotency-key'];
const targetOf = (request: FastifyRequest): string => parse(target, request.params).id;

/** The four calls that move money. Each ledger row is committed before the caller can see anything. */
export function moneyRoutes(server: FastifyInstance, context: SimulatorContext): void {
  server.post('/authorisations', (request, reply) => {
    const asked: MoneyRequest = { operation: 'authorise', key: keyOf(request), ...parse(authoriseBody, request.body) };
    return run(
      asked,
      { order: asked.order, token: asked.token, authorisation: null, amount: asked.amount, currency: asked.currency, status: null },
      reply,
    );
  });

  server.post('/authorisations/:id/capture', (request, reply) =>
    runOn(targetOf(request), reply, (id) => amountRequest('capture', id, request)),
  );
  server.post('/authorisations/:id/refunds', (request, reply) =>
    runOn(targetOf(request), reply, (id) => amountRequest('refund', id, request)),
  );
  server.post('/authorisations/:id/void', (request, reply) =>
    runOn(targetOf(request), reply, (id) => {
      parse(voidBody, request.body);
      return { operation: 'void', key: keyOf(request), authorisation: id };
    }),
  );

  async function runOn(id: string, reply: FastifyReply, read: (id: string) => MoneyRequest): Promise<FastifyReply> {
    const asked = read(id);
    const known = await findAuthorisation(context.db, id);
    if (known === null) throw notFound();
    return run(asked, { ...known, authorisation: id }, reply);
  }

  async function run(asked: MoneyRequest, about: About, reply: FastifyReply): Promise<FastifyReply> {
    const course = await plan(asked, about.token);
    if (!(await context.openEnds.pause(course.waitMs ?? context.latencyMs)))
      return deliver(reply, { kind: 'close' }, null, context.openEnds);
    return deliver(reply, course.reply, await take(asked, about, course), context.openEnds);
  }

  async function plan(asked: MoneyRequest, spoken: string): Promise<Course> {
    const scripted = await takeNext(context.db, asked.operation, spoken);
    const keyKnown = scripted === null && goesAstray(spoken, asked.operation) && (await isKnownKey(context.db, asked.key));
    return planMoney(asked.operation, spoken, scripted === null ? null : parseBehaviour(scripted), keyKnown);
  }

  async function take(asked: MoneyRequest, about: About, course: Course): Promise<Answer | null> {
    const { effect, behaviour } = course;
    switch (effect.kind) {
      case 'done':
        return context.db.transact((tx) => perform(tx, asked, course, context.actionUrl));
      case 'late':
        await postpone(context.db, { request: asked, verdict: course.verdict, behaviour: behaviour ?? 'late' }, effect.ms);
        context.late.wake();
        return null;
      case 'never': {
        const [sum, unit] = 'amount' in asked ? [asked.amount, asked.currency] : [about.amount, about.currency];
        const { order, authorisation, status } = about;
        await appendNotDone(context.db, {
          operation: asked.operation,
          order,
          authorisation,
          key: asked.key,
          amount: sum,
          currency: unit,
          behaviour,
          status,
        });
        return null;
      }
      default:
        return unreachable(effect);
    }
  }
}

/** What a call is about, as far as it is known before the call is done. */
type About = Pick<Authorisation, 'order' | 'token' | 'amount' | 'currency'> & {
  readonly authorisation: string | null;
  readonly status: Authorisation['status'] | null;
};

const amountRequest = (operation: 'capture' | 'refund', authorisation: string, request: FastifyRequest): MoneyRequest => ({
  operation,
  key: keyOf(request),
  authorisation,
  ...parse(amountBody, request.body),
});
