import type { AddressInfo } from 'node:net';
import { newId } from '@tally/kernel';
import { createLogger } from '@tally/runtime';
import fastify from 'fastify';
import type { Authenticate } from '../src/identity/authenticate.ts';
import type { Authenticated, PresenceEnd, Presences } from '../src/identity/presences.ts';
import { addEdgeErrors } from '../src/http/edge-errors.ts';
import { addStreams, type Streams } from '../src/http/streams/add-streams.ts';
import { limitsOf, type StreamLimits } from '../src/limits/profile.ts';
import { Refusal } from '../src/refusal.ts';
import { createGatewayTelemetry } from '../src/telemetry.ts';
import { aScriptedEngine, type ScriptedEngine } from './transports-engine.ts';

/** The protocols of streams on a real server, over an engine that does what a test says. */
export interface TransportsWorld extends AsyncDisposable {
  readonly url: string;
  readonly engine: ScriptedEngine;
  readonly streams: Streams;
  /** Callers who stay, by the token they came with. */
  readonly present: ReadonlyMap<string, (reason: PresenceEnd) => void>;
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

const userOf: Readonly<Record<string, ReturnType<typeof newId<'usr'>>>> = { ada: newId('usr'), bob: newId('usr') };

/** `Bearer ada`, `Bearer ada-2`, `Bearer bob`: users and their tokens. `Bearer away`: the key cannot be fetched. */
const authenticate: Authenticate = async (authorization) => {
  await Promise.resolve();
  if (authorization === undefined) return { caller: { kind: 'anonymous' }, expiresAt: null };
  const token = authorization.replace('Bearer ', '');
  const userId = userOf[token.split('-', 1)[0] ?? ''];
  if (token === 'away') throw new Refusal({ code: 'SUBGRAPH_UNAVAILABLE', status: 503, message: 'away', reason: 'keys_unavailable' });
  if (userId === undefined) throw new Refusal({ code: 'UNAUTHENTICATED', status: 401, message: 'bad', reason: 'bad_token' });
  const caller = { kind: 'user', userId, sessionId: newId('ses'), scopes: [token] } as const;
  return { caller, expiresAt: new Date(Date.now() + 60_000) };
};

/** Presences that end when a test says so. */
function scriptedPresences(): { readonly presences: Presences; readonly present: Map<string, (reason: PresenceEnd) => void> } {
  const present = new Map<string, (reason: PresenceEnd) => void>();
  const tokenOf = ({ caller }: Authenticated): string => (caller.kind === 'user' ? (caller.scopes[0] ?? '') : '');
  const presences: Presences = {
    enter(authenticated, ended) {
      let token = tokenOf(authenticated);
      present.set(token, ended);
      return {
        caller: authenticated.caller,
        renew(fresh) {
          if (tokenOf(fresh).split('-', 1)[0] !== token.split('-', 1)[0]) return false;
          present.delete(token);
          token = tokenOf(fresh);
          present.set(token, ended);
          return true;
        },
        leave: () => void present.delete(token),
      };
    },
  };
  return { presences, present };
}

export async function aTransportsWorld(
  options: { readonly limits?: Partial<StreamLimits>; readonly allowedOrigins?: readonly string[]; readonly trustedProxies?: number } = {},
): Promise<TransportsWorld> {
  const { limits = {}, allowedOrigins = [], trustedProxies = 0 } = options;
  const engine = aScriptedEngine();
  const { presences, present } = scriptedPresences();
  const log: Readonly<Record<string, unknown>>[] = [];
  const logger = createLogger({ service: 'gateway', write: (line) => log.push(JSON.parse(line) as Record<string, unknown>) });
  const app = fastify({ bodyLimit: 256 * 1024, trustProxy: trustedProxies > 0 && ((_: string, hop: number) => hop < trustedProxies) });
  app.removeContentTypeParser('text/plain');
  addEdgeErrors(app, logger, () => undefined);
  const streams = addStreams(app, {
    open: engine.open,
    presences,
    allowedOrigins,
    limits: { ...limitsOf.default.streams, ...limits },
    authenticate,
    telemetry: createGatewayTelemetry(),
    deadlineMs: 5_000,
    trustedProxies,
    logger,
  });
  app.all('/graphql', async (request, reply) => (await streams.answer(request, reply)) ?? reply.code(418).send('no stream'));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    engine,
    streams,
    present,
    log,
    async [Symbol.asyncDispose]() {
      streams.refuse();
      streams.closeSockets();
      streams.cutSockets();
      app.server.closeAllConnections();
      await app.close();
      streams[Symbol.dispose]();
    },
  };
}
