import type { Clock } from '@tally/kernel';
import type { ActionUrl } from '../provider/perform.ts';
import type { LateRunner } from '../provider/late-runner.ts';
import type { Database } from '../store/database.ts';
import type { OpenEnds } from './open-ends.ts';

/** What the routes work with. */
export interface SimulatorContext {
  readonly db: Database;
  readonly late: LateRunner;
  readonly openEnds: OpenEnds;
  readonly actionUrl: ActionUrl;
  /** How long an ordinary call takes, in milliseconds. */
  readonly latencyMs: number;
  readonly webhookSecret: string | null;
  readonly clock: Clock;
}
