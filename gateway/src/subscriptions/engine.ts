import type { Caller } from '@tally/identity';
import type { Logger } from '@tally/runtime';
import type { Admission } from '../admission.ts';
import type { Execute } from '../execution/execute.ts';
import type { Mask } from '../masking.ts';
import type { GraphOperation } from '../planning/operation.ts';
import type { PlanCache } from '../planning/plan-cache.ts';
import type { ReadDocuments } from '../planning/read-document.ts';
import type { Generation } from '../supergraph/generation.ts';
import type { KeyIndex } from './key-index.ts';
import type { Outlet } from './outlet.ts';
import type { Turns } from './turns.ts';
import type { StreamTelemetry } from './stream-telemetry.ts';

/** What all pipelines and subscribers of a process have together, so that none of them holds it. */
export interface Engine {
  /** The newest; a pipeline of an older one re-plans at its next event. */
  generation: Generation;
  readonly readDocument: ReadDocuments;
  readonly admission: Admission;
  readonly plans: PlanCache<GraphOperation>;
  readonly execute: Execute;
  readonly mask: Mask;
  readonly index: KeyIndex;
  readonly telemetry: StreamTelemetry;
  readonly logger: Logger;
  /** Of one event's fetches, and of one page of a replay, in milliseconds. */
  readonly deadlineMs: number;
  /** Replays that no client waits for take turns: a log that returns must not bury the owners of its data. */
  readonly turns: Turns;
  /** Whose clients do not read at the moment. */
  readonly slow: Set<Outlet>;
}

export const anonymous: Caller = { kind: 'anonymous' };

/** Everything about a caller that can change an answer. */
export function identityOf(caller: Caller): string {
  switch (caller.kind) {
    case 'anonymous':
      return '';
    case 'user':
      return JSON.stringify([caller.userId, caller.sessionId, [...caller.scopes].sort()]);
    case 'service':
      return JSON.stringify([caller.serviceId, [...caller.scopes].sort()]);
  }
}
