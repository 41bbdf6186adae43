import type { Logger } from '@tally/runtime';
import type { Authenticate } from '../../identity/authenticate.ts';
import type { Occupancy } from '../../limits/occupancy.ts';
import type { SocketTelemetry } from '../socket-telemetry.ts';
import type { Opening } from './opening.ts';
import type { StreamsOptions } from './stream-options.ts';
import type { Sweep } from '../sweep.ts';

/** What all who stay share: sockets, and responses that carry a stream. */
export interface Room extends StreamsOptions {
  readonly authenticate: Authenticate;
  readonly opening: Opening;
  readonly occupancy: Occupancy;
  readonly sweep: Sweep;
  readonly telemetry: SocketTelemetry;
  readonly logger: Logger;
  /** Nobody may come any more, and who has nothing to listen to leaves. */
  readonly draining: () => boolean;
}
