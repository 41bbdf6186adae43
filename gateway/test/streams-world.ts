import type { Caller, SigningKey } from '@tally/identity';
import { generateSigningKey } from '@tally/identity';
import { newId } from '@tally/kernel';
import { createPostgresEventLog, type EventLog } from '@tally/messaging';
import { createLogger, type Logger } from '@tally/runtime';
import { cloneDatabase } from '@tally/testkit';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { GraphQLFormattedError } from 'graphql';
import { createAdmission } from '../src/admission.ts';
import type { Execute } from '../src/execution/execute.ts';
import { createStockExecutor } from '../src/execution/stock-executor.ts';
import { createAuthorisationFor } from '../src/identity/subgraph-tokens.ts';
import { createAdmit } from '../src/limits/admission.ts';
import { limitsOf } from '../src/limits/profile.ts';
import { createMask } from '../src/masking.ts';
import { operationBound } from '../src/planning/bounded.ts';
import { planOperation, type GraphOperation } from '../src/planning/operation.ts';
import { createPlanCache } from '../src/planning/plan-cache.ts';
import { createReadDocuments } from '../src/planning/read-document.ts';
import { createStreams, type Streams, type StreamsOptions } from '../src/subscriptions/create-streams.ts';
import { StreamRefusedError, type Sink, type Stream, type StreamEnd, type StreamResult } from '../src/subscriptions/stream.ts';
import type { StreamTelemetry } from '../src/subscriptions/stream-telemetry.ts';
import { buildGeneration, type Generation } from '../src/supergraph/generation.ts';
import { openTransports } from '../src/transport/open-transports.ts';
import { createSubgraphClient } from '../src/transport/subgraph-client.ts';
import { createSigner, gatewayIssuer } from '@tally/identity';
import { aDouble, type Double } from './double.ts';
import { createDesk, type Desk } from './library-desk.ts';
import { deskSdl, deskTopics, eventfulSupergraph } from './library-events.ts';
import { libraryDoubles } from './world.ts';

/** A subscriber of the tests. */
export interface Listening {
  readonly stream: Stream;
  readonly results: readonly Received[];
  readonly ends: readonly StreamEnd[];
  /** Says no from the next result on. */
  pause(): void;
  /** Says yes again and takes what waits. */
  resume(): void;
}

export interface Received {
  readonly sequence: number | null;
  readonly data: Record<string, Record<string, unknown> | null> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface Wanted {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly caller?: Caller;
  readonly operationName?: string;
  readonly resumeAfter?: number;
  readonly paused?: boolean;
  readonly signal?: AbortSignal;
}

/** What the engine has told about itself. */
export interface Told {
  readonly replays: string[];
  readonly ends: string[];
  readonly overflows: string[];
  readonly rejected: string[];
  pushes: number;
}

/** The engine of streams on a real event log, with the library's subgraphs as doubles behind real transports. */
export interface StreamsWorld extends AsyncDisposable {
  readonly desk: Desk;
  readonly log: EventLog;
  readonly streams: Streams;
  readonly doubles: Readonly<Record<string, Double>>;
  readonly told: Told;
  readonly logLines: readonly Readonly<Record<string, unknown>>[];
  open(query: string, wanted?: Wanted): Promise<Listening>;
  /** The refusal of a stream that must not open. */
  refusal(query: string, wanted?: Wanted): Promise<StreamRefusedError>;
}

export const aReader = (...scopes: string[]): Caller & { kind: 'user' } => ({
  kind: 'user',
  userId: newId('usr'),
  sessionId: newId('ses'),
  scopes,
});

let generation: Generation | undefined;

export const eventfulGeneration = (): Generation => (generation ??= buildGeneration(eventfulSupergraph()));

export async function aStreamsWorld(
  options: Partial<StreamsOptions> & { readonly log?: EventLog; readonly wrap?: (execute: Execute) => Execute } = {},
): Promise<StreamsWorld> {
  const { log: given, wrap, ...overrides } = options;
  await using stack = new AsyncDisposableStack();
  const logLines: Readonly<Record<string, unknown>>[] = [];
  const logger = createLogger({ service: 'gateway', write: (line) => logLines.push(JSON.parse(line) as Record<string, unknown>) });
  const log = given ?? (await aLog(stack, logger));
  const gatewayKey = await generateSigningKey();
  const desk = createDesk(log);
  const doubles = deskAndLibrary(desk, gatewayKey);
  const { execute, plans } = anExecutor(stack, doubles, gatewayKey, logger);
  const told: Told = { replays: [], ends: [], overflows: [], rejected: [], pushes: 0 };
  const limits = limitsOf.default;
  const streams = stack.use(
    await createStreams({
      generation: eventfulGeneration(),
      readDocument: createReadDocuments({ maxTokens: limits.tokens }),
      admission: createAdmission({
        buckets: [],
        rateLimiter: { admit: () => Promise.resolve() },
        mayIntrospect: () => false,
      }),
      admit: createAdmit(limits),
      plans,
      execute: wrap?.(execute) ?? execute,
      mask: createMask(logger),
      telemetry: recorder(told),
      rejected: (reason) => told.rejected.push(reason),
      deadlineMs: 5_000,
      eventLog: log,
      logger,
      attachMs: 10_000,
      ...overrides,
    }),
  );

  async function open(query: string, wanted: Wanted = {}): Promise<Listening> {
    const { variables = {}, caller = { kind: 'anonymous' }, operationName = null, resumeAfter = null } = wanted;
    const results: Received[] = [];
    const ends: StreamEnd[] = [];
    const state = { paused: wanted.paused ?? false };
    const sink: Sink = {
      next({ payload, sequence }: StreamResult) {
        results.push({ ...(JSON.parse(payload.toString()) as Omit<Received, 'sequence'>), sequence });
        return !state.paused;
      },
      end: (end) => void ends.push(end),
    };
    const stream = await streams.open(
      {
        query,
        variables,
        operationName,
        extensions: undefined,
        caller,
        address: '127.0.0.1',
        facts: { trace: ROOT_CONTEXT, traceId: 'a'.repeat(32), signal: wanted.signal ?? new AbortController().signal },
        protocol: 'websocket',
        resumeAfter,
      },
      sink,
    );
    return {
      stream,
      results,
      ends,
      pause() {
        state.paused = true;
      },
      resume() {
        state.paused = false;
        stream.resume();
      },
    };
  }

  const owned = stack.move();
  return {
    desk,
    log,
    streams,
    doubles,
    told,
    logLines,
    open,
    async refusal(query, wanted) {
      const refused = await open(query, wanted).then(
        () => null,
        (error: unknown) => error,
      );
      if (refused instanceof StreamRefusedError) return refused;
      throw new Error('the stream was opened', { cause: refused });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function aLog(stack: AsyncDisposableStack, logger: Logger): Promise<EventLog> {
  const database = stack.use(await cloneDatabase());
  return stack.use(createPostgresEventLog({ databaseUrl: database.urls.event_log.app, topics: deskTopics, logger, wake: 'process' }));
}

/** The library's subgraphs and the desk. */
export const deskAndLibrary = (desk: Desk, gatewayKey: SigningKey): Readonly<Record<string, Double>> => ({
  ...libraryDoubles(false, gatewayKey),
  desk: aDouble({ name: 'desk', sdl: deskSdl, resolvers: desk.resolvers, gatewayKey }),
});

function anExecutor(stack: AsyncDisposableStack, doubles: Readonly<Record<string, Double>>, gatewayKey: SigningKey, logger: Logger) {
  const { subgraphs } = eventfulGeneration();
  const transports = stack.use(
    openTransports(
      subgraphs.filter(({ virtual }) => !virtual),
      { subgraphs: doubles },
    ),
  );
  const client = createSubgraphClient({
    transports: transports.bySubgraph,
    authorisationFor: createAuthorisationFor(createSigner({ kind: 'gateway', issuer: gatewayIssuer, key: gatewayKey })),
    logger,
    tracer: trace.getTracer('test'),
    fetched: () => undefined,
  });
  const plans = createPlanCache<GraphOperation>({ bound: operationBound, makePlan: planOperation, lookedUp: () => undefined });
  return { plans, execute: createStockExecutor({ plans, fetchFromSubgraph: client.fetch, logger }) };
}

const recorder = (told: Told): StreamTelemetry => ({
  opened: () => undefined,
  ended: (_, reason) => void told.ends.push(reason),
  pushed() {
    told.pushes += 1;
  },
  replayed: (cause) => void told.replays.push(cause),
  overflowed: (policy) => void told.overflows.push(policy),
  recordRead: () => undefined,
  startPush: (field) => trace.getTracer('test').startSpan(field),
});
