import { topics } from '@tally/events';
import { refuse, ok, type Outcome } from '@tally/kernel';
import { subjectOf } from '@tally/identity';
import {
  interventionsOn,
  readParked,
  redriveDetails,
  redriveSubject,
  requestRedrive,
  type InterventionPage,
  type ParkedPage,
  type ParkedPlace,
  type RedriveRequest,
  type Sql,
} from '@tally/messaging';
import { forbidden } from '../errors.ts';
import type { Unit } from '../transact.ts';
import { requireScope, type Viewer } from '../viewer.ts';
import { parseReason } from './reason.ts';

/** Shows what stands still and what was done about it. */
export const troubleReadScope = 'operations:read';
/** Steps in. */
export const troubleWriteScope = 'operations:write';

/** What a subgraph shows of its trouble, and what may be done about parked keys. Every call checks the viewer's scope. */
export interface TroubleDesk {
  /** @param first 1 to 100. @throws FORBIDDEN or UNAUTHENTICATED, as a GraphQL error; a database error. */
  parked(viewer: Viewer, after: ParkedPlace | null, first: number): Promise<ParkedPage>;
  /** Newest first. @param before id of the last of the page before. @throws as `parked`. */
  interventions(viewer: Viewer, before: string | null, first: number): Promise<InterventionPage>;
  /** Has the parked keys of a topic, or one of them, handled again, and puts that on record. @throws as `parked`. */
  redrive(viewer: Viewer, wish: RedriveWish): Promise<Outcome<readonly RedriveRequest[], RedriveRefusal>>;
}

export interface RedriveWish {
  readonly topic: string;
  /** `null`: all of the topic. */
  readonly key: string | null;
  readonly reason: string;
}

/** Why nothing was asked for. */
export type RedriveRefusal = 'NO_SUCH_TOPIC' | 'NO_REASON' | 'NOTHING_PARKED';

/** Who the record says it was. @throws UNAUTHENTICATED or FORBIDDEN, as a GraphQL error: the viewer may not step in. */
export function interventionActor(viewer: Viewer): string {
  requireScope(viewer, troubleWriteScope);
  const subject = subjectOf(viewer);
  if (subject === null) throw forbidden();
  return subject;
}

/**
 * @param sql outside of transactions.
 * @param transact one transaction per call, as `Transact`.
 */
export function createTroubleDesk({
  sql,
  transact,
}: {
  readonly sql: Sql;
  readonly transact: <Result>(work: (unit: Pick<Unit, 'sql'>) => Promise<Result>) => Promise<Result>;
}): TroubleDesk {
  return {
    async parked(viewer, after, first) {
      requireScope(viewer, troubleReadScope);
      return readParked(sql, after, first);
    },
    async interventions(viewer, before, first) {
      requireScope(viewer, troubleReadScope);
      return interventionsOn(sql).page(before, first);
    },
    async redrive(viewer, { topic, key, reason: given }) {
      const actor = interventionActor(viewer);
      const reason = parseReason(given);
      if (reason === null) return refuse('NO_REASON');
      if (!Object.hasOwn(topics, topic)) return refuse('NO_SUCH_TOPIC');
      // No key of ours, and PostgreSQL takes neither.
      if (key !== null && (key.includes('\0') || !key.isWellFormed())) return refuse('NOTHING_PARKED');
      return transact(async (unit) => {
        const asked = await requestRedrive(unit.sql, topic, key);
        if (asked.length === 0) return refuse('NOTHING_PARKED');
        const subject = redriveSubject(topic, key);
        await interventionsOn(unit.sql).record({ actor, action: 'redrive', subject, reason, details: redriveDetails(asked) });
        return ok(asked);
      });
    },
  };
}
