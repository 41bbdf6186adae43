import { EventLogUnavailableError } from '../event-log.ts';

/**
 * Waits for `work` so long. It may go on afterwards, and what it throws then is nobody's.
 *
 * @throws {EventLogUnavailableError} the time is over.
 */
export function within<T>(milliseconds: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = (): void =>
      reject(new EventLogUnavailableError(`the event log does not answer: ${what} took more than ${milliseconds} ms`));
    const timer = setTimeout(late, milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
