import type { logCreator } from 'kafkajs';
import type { Logger } from '../logger.ts';

/**
 * kafkajs calls each attempt that it repeats an ERROR, with a stack: during an outage hundreds. They are for looking closely only; that there is an
 * outage is told by whoever meets it, once.
 */
export const createLogCreator =
  (logger: Logger): logCreator =>
  () =>
  ({ namespace, log }) => {
    const { error, broker } = log as { readonly error?: unknown; readonly broker?: unknown };
    logger.debug({ client: namespace, error, broker }, `kafkajs: ${log.message}`);
  };

/** One line when the log goes away, one when it is back, however many attempts fail in between. */
export interface Outage {
  /** Counts a failure. @returns how many there were in a row. */
  met(error: unknown): number;
  over(): void;
}

/**
 * @param fields of its lines.
 * @param who as in "the event log does not answer <who>".
 * @param patience failures in a row before it is told.
 */
export function createOutage(logger: Logger, fields: object, who: string, patience = 1): Outage {
  let failures = 0;
  return {
    met(error) {
      failures += 1;
      if (failures === patience) logger.warn({ err: error, ...fields }, `the event log does not answer ${who}, trying on`);
      return failures;
    },
    over() {
      if (failures >= patience) logger.info(fields, `the event log answers ${who} again`);
      failures = 0;
    },
  };
}
