import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { toView } from '../domain/ledger.ts';
import { signatureHeader, signWebhook, toWebhookEvent } from '../domain/webhook.ts';
import { findAuthorisation } from '../store/authorisations.ts';
import { findEntries } from '../store/ledger.ts';
import type { SimulatorContext } from './context.ts';
import { notFound, parse, RequestRefusedError } from './refusal.ts';

const webhookBody = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  authorisation: z.string(),
  /** Which ledger row is told; the newest when absent. */
  entry: z.int().positive().optional(),
  /** Fields of the authorisation to send otherwise than they are. */
  alter: z.record(z.string(), z.unknown()).default({}),
  /** Unix seconds to sign with; now when absent. */
  timestamp: z.int().nonnegative().optional(),
  secret: z.string().min(1).optional(),
  /** The header as it is sent, right or wrong. */
  signature: z.string().optional(),
});

const patienceMs = 10_000;

/** Sends webhooks on demand: again, in another order, altered, stale or badly signed. */
export function webhookRoutes(server: FastifyInstance, context: SimulatorContext): void {
  server.post('/admin/webhook', async (request) => {
    const asked = parse(webhookBody, request.body);
    const secret = asked.secret ?? context.webhookSecret;
    if (secret === null)
      throw new RequestRefusedError(422, 'no_webhook_secret', 'The simulator was started without a webhook secret: give one.');
    const authorisation = await findAuthorisation(context.db, asked.authorisation);
    if (authorisation === null) throw notFound();

    const entries = (await findEntries(context.db, [authorisation.id])).filter(({ outcome }) => outcome !== 'not_done');
    const told = asked.entry === undefined ? entries : entries.slice(0, entries.findIndex(({ id }) => id === asked.entry) + 1);
    const event = toWebhookEvent(toView(authorisation, entries, context.actionUrl), told, asked.alter);
    if (event === null) throw new RequestRefusedError(404, 'not_found', 'The authorisation has no such ledger entry.');

    const body = JSON.stringify(event);
    const timestamp = asked.timestamp ?? Math.floor(context.clock().getTime() / 1_000);
    const signature = asked.signature ?? signWebhook(secret, timestamp, body);
    return { status: await send(asked.url, body, signature), event, signature };
  });
}

/** The receiver's status. @throws {RequestRefusedError} 502 `webhook_not_delivered`: there was none within ten seconds. */
async function send(url: string, body: string, signature: string): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [signatureHeader]: signature },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw new RequestRefusedError(502, 'webhook_not_delivered', error instanceof Error ? error.message : 'no answer');
  }
}
