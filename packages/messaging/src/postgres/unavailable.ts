import { EventLogUnavailableError } from '../event-log.ts';

/** What the log's callers may see of a failed statement: not now, try again. Our own errors pass as they are. */
export function unavailable(error: unknown): Error {
  if (error instanceof EventLogUnavailableError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new EventLogUnavailableError(`the event log does not answer: ${reason}`, { cause: error });
}
