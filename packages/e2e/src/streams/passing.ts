import type { StreamEnd } from './stream-client.ts';

/** Codes with which a stream ends although it may go on. */
const passingErrors: readonly (string | undefined)[] = [
  'SLOW_CONSUMER',
  'SCHEMA_RELOADED',
  'EVENTS_UNAVAILABLE',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
];
/** The process stops, or starts again. */
const passingCloses: readonly (number | null)[] = [1001, 1012, 1013];

/** Whether coming back, after the last event that arrived, mends the end of a stream. */
export const isPassing = ({ reason, errors, closeCode }: StreamEnd): boolean =>
  reason === 'left' ||
  reason === 'cut' ||
  (reason === 'closed' && passingCloses.includes(closeCode)) ||
  (reason === 'failed' && errors.length > 0 && errors.every(({ extensions }) => passingErrors.includes(extensions?.code)));
