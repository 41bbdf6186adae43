import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { parseBehaviour } from '../domain/behaviour.ts';
import { planEnquiry } from '../domain/course.ts';
import { toView, type AuthorisationView } from '../domain/ledger.ts';
import { findVisible, type Visible } from '../store/authorisations.ts';
import { findEntries } from '../store/ledger.ts';
import { takeNext } from '../store/script.ts';
import type { SimulatorContext } from './context.ts';
import { deliver, type Deliverable } from './delivery.ts';
import { notFound, parse } from './refusal.ts';

const target = z.object({ id: z.string() });
const filter = z.union([z.strictObject({ key: z.string() }), z.strictObject({ order: z.string() })], 'give either key or order');

/** Enquiries: they change nothing and may be told to lag behind. */
export function enquiryRoutes(server: FastifyInstance, context: SimulatorContext): void {
  server.get('/authorisations/:id', (request, reply) => {
    const { id } = parse(target, request.params);
    return enquire(reply, 'id', id, ([view]) => {
      if (view === undefined) throw notFound();
      return view;
    });
  });

  server.get('/authorisations', (request, reply) => {
    const asked = parse(filter, request.query);
    const [by, value] = 'key' in asked ? (['key', asked.key] as const) : (['order', asked.order] as const);
    return enquire(reply, by, value, (authorisations) => ({ authorisations }));
  });

  async function enquire(
    reply: FastifyReply,
    by: 'id' | 'key' | 'order',
    value: string,
    present: (views: readonly AuthorisationView[]) => unknown,
  ): Promise<FastifyReply> {
    const found = await findVisible(context.db, by, value);
    const scripted = await takeNext(context.db, 'enquire', found[0]?.authorisation.token ?? null);
    const course = planEnquiry(scripted === null ? null : parseBehaviour(scripted));
    if (!(await context.openEnds.pause(course.waitMs ?? context.latencyMs)))
      return deliver(reply, { kind: 'close' }, null, context.openEnds);
    if (course.reply.kind !== 'answer') return deliver(reply, course.reply, null, context.openEnds);
    return deliver(reply, course.reply, answerWith(present(await look(by, value))), context.openEnds);
  }

  /** Looks after the latency: what was done meanwhile is seen. */
  async function look(by: 'id' | 'key' | 'order', value: string): Promise<readonly AuthorisationView[]> {
    const found = await findVisible(context.db, by, value);
    const entries = await findEntries(
      context.db,
      found.map(({ authorisation }) => authorisation.id),
    );
    const views = found.flatMap(({ authorisation, instead }: Visible) => {
      if (instead !== undefined) return instead === null ? [] : [instead];
      const own = entries.filter((entry) => entry.authorisation === authorisation.id);
      return [toView(authorisation, own, context.actionUrl)];
    });
    // A key whose operation is still hidden is not found, although its authorisation is.
    return by === 'key' ? views.filter((view) => view.operations.some((operation) => operation.key === value)) : views;
  }
}

const answerWith = (body: unknown): Deliverable => ({ status: 200, body: JSON.stringify(body) });
