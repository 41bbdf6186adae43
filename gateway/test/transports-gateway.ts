import { accessAudience, accessIssuer, createSigner, generateSigningKey, type Caller } from '@tally/identity';
import { newId } from '@tally/kernel';
import { createPostgresEventLog, type EventLog } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { cloneDatabase } from '@tally/testkit';
import { startGateway, type GatewayConfig } from '../src/index.ts';
import { libraryConfig } from './library-config.ts';
import { createDesk, type Desk } from './library-desk.ts';
import { deskTopics, eventfulSupergraph } from './library-events.ts';
import { deskAndLibrary } from './streams-world.ts';

/** A gateway as it is started, on a real event log, with the library's subgraphs as doubles. */
export interface StreamingGateway extends AsyncDisposable {
  readonly url: string;
  readonly desk: Desk;
  readonly log: EventLog;
  /** Stops the gateway alone. */
  stop(): Promise<void>;
  /** A token of this user, good for so long; 15 minutes at most. */
  tokenFor(user: Caller, lifeMs?: number): Promise<string>;
  /** Tells the log that the session has ended. */
  logOut(user: Caller & { readonly kind: 'user' }): Promise<void>;
}

const lifeOfTokensMs = 15 * 60_000;
const sessionTopic = { name: 'library.session.v1', partitions: 1, compacted: false, retentionDays: 7 };

export async function aStreamingGateway(config: Partial<GatewayConfig> = {}): Promise<StreamingGateway> {
  await using stack = new AsyncDisposableStack();
  const [usersKey, signingKey] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const logger = createLogger({ service: 'gateway', level: 'silent' });
  const database = stack.use(await cloneDatabase());
  const databaseUrl = database.urls.event_log.app;
  const log = stack.use(createPostgresEventLog({ databaseUrl, topics: [...deskTopics, sessionTopic], logger, wake: 'process' }));
  await log.ensureTopics();
  const desk = createDesk(log);
  const gateway = await startGateway(
    {
      ...libraryConfig,
      supergraph: { sdl: eventfulSupergraph() },
      subgraphs: deskAndLibrary(desk, signingKey),
      identity: { usersJwks: () => Promise.resolve({ keys: [usersKey.publicJwk] }), signingKey },
      eventLog: { kind: 'postgres', databaseUrl },
      sessions: { topic: sessionTopic.name, ended: { SessionEnded: 'session.id' } },
      ...config,
    },
    { logger, eventLog: log },
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= Promise.resolve(gateway[Symbol.asyncDispose]()));
  stack.defer(stop);

  const owned = stack.move();
  return {
    url: gateway.url,
    desk,
    log,
    stop,
    async tokenFor(user, lifeMs = lifeOfTokensMs) {
      const clock = (): Date => new Date(Date.now() - lifeOfTokensMs + lifeMs);
      return (await createSigner({ kind: 'access', issuer: accessIssuer, key: usersKey, clock }).sign(user, accessAudience)).token;
    },
    async logOut({ userId, sessionId }) {
      await log.append([
        {
          topic: sessionTopic.name,
          key: userId,
          eventId: newId('evt'),
          type: 'SessionEnded',
          sequence: 1,
          time: new Date(),
          traceparent: null,
          tracestate: null,
          payload: JSON.stringify({ session: { id: sessionId } }),
        },
      ]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
