/** `default`, the only one for production. `load`: wider buckets, for benchmarks and crash suites. `off`: federation audits on foreign graphs. */
export const limitsProfiles = ['default', 'load', 'off'] as const;

export type LimitsProfile = (typeof limitsProfiles)[number];

/** Limits of one document and one body, the same on every transport. Depths count the root field as 1. */
export interface Limits {
  readonly depth: number;
  /** Depth below `__schema` and `__type`: the standard introspection query is 15 deep. */
  readonly introspectionDepth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Occurrences of one response name in one place. */
  readonly repeats: number;
  /** Selections once all fragments are written out. */
  readonly selections: number;
  readonly tokens: number;
  readonly bodyBytes: number;
  readonly jsonDepth: number;
  /** What rate limits are multiplied by; 0 switches them off. */
  readonly rateFactor: number;
  readonly streams: StreamLimits;
}

/** Limits of those who stay: sockets, and responses that carry a stream. Durations in milliseconds. */
export interface StreamLimits {
  /** Of one message of a client on a socket. */
  readonly messageBytes: number;
  readonly subscriptionsPerSocket: number;
  /** Sockets and streaming responses of one caller who is signed in. */
  readonly openPerCaller: number;
  readonly openPerAddress: number;
  /** In this process. */
  readonly open: number;
  /** New ones per address. */
  readonly connectsPerMinute: number;
  /** Bytes that may wait for a slow client before its streams are paused. */
  readonly waitingBytes: number;
  /** Until `connection_init` must have come. */
  readonly initMs: number;
  readonly heartbeatMs: number;
  /** After which a client that does not answer, or takes nothing, is dropped. */
  readonly silenceMs: number;
}

const standard: Limits = {
  depth: 12,
  introspectionDepth: 20,
  aliases: 15,
  rootFields: 20,
  directives: 20,
  repeats: 50,
  selections: 10_000,
  tokens: 1_000,
  bodyBytes: 256 * 1024,
  jsonDepth: 32,
  rateFactor: 1,
  streams: {
    messageBytes: 64 * 1024,
    subscriptionsPerSocket: 100,
    openPerCaller: 10,
    openPerAddress: 1_000,
    open: 20_000,
    connectsPerMinute: 120,
    waitingBytes: 1024 * 1024,
    initMs: 3_000,
    heartbeatMs: 15_000,
    silenceMs: 30_000,
  },
};

const crowds = { openPerCaller: 100_000, openPerAddress: 100_000, open: 100_000, connectsPerMinute: 1_000_000 };

/** @see docs/security.md, GraphQL hardening */
export const limitsOf: Readonly<Record<LimitsProfile, Limits>> = {
  default: standard,
  load: { ...standard, rateFactor: 10_000, streams: { ...standard.streams, ...crowds } },
  off: {
    depth: Infinity,
    introspectionDepth: Infinity,
    aliases: Infinity,
    rootFields: Infinity,
    directives: Infinity,
    repeats: Infinity,
    selections: Infinity,
    tokens: Infinity,
    bodyBytes: 16 * 1024 * 1024,
    jsonDepth: Infinity,
    rateFactor: 0,
    streams: { ...standard.streams, ...crowds, messageBytes: 16 * 1024 * 1024, subscriptionsPerSocket: Infinity },
  },
};
