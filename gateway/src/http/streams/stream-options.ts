import type { Presences } from '../../identity/presences.ts';
import type { StreamLimits } from '../../limits/profile.ts';
import type { OpenStream } from '../../subscriptions/stream.ts';

/** What the protocols of streams stand on. */
export interface StreamsOptions {
  readonly open: OpenStream;
  readonly presences: Presences;
  /** Pages of other origins that may open sockets. */
  readonly allowedOrigins: readonly string[];
  readonly limits: StreamLimits;
}
