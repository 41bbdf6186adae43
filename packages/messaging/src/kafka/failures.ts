import { StartupError } from '@tally/runtime';
import type { KafkaAddress } from '../event-log-address.ts';
import { EventLogUnavailableError } from '../event-log.ts';

/** The error and what caused it, outermost first. kafkajs wraps what it gives up on. */
export function* causesOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if ('errors' in error && Array.isArray(error.errors)) for (const each of error.errors) yield* causesOf(each);
  yield* causesOf(error.cause);
}

/** The brokers' names of the errors in it, such as `NOT_LEADER_FOR_PARTITION`. @see Kafka protocol, error codes */
export function brokerErrors(error: unknown): readonly string[] {
  return [...causesOf(error)].flatMap((each) => ('type' in each && typeof each.type === 'string' ? [each.type] : []));
}

/** Whether a broker answered with one of these errors. */
export const isBrokerError = (error: unknown, ...types: readonly string[]): boolean =>
  brokerErrors(error).some((type) => types.includes(type));

/** The records are wrong or too large: sending them again changes nothing. */
export const refusedForItself = (error: unknown): boolean =>
  isBrokerError(error, 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP');

/** What the log's callers may see of a failed request: not now, try again. Our own errors pass as they are. */
export function unavailable(error: unknown): Error {
  if (error instanceof EventLogUnavailableError) return error;
  return new EventLogUnavailableError(`the event log does not answer: ${reasonOf(error)}`, { cause: error });
}

/** Refusals that waiting does not heal: of who we are, and of what we may. */
export function isRefusal(error: unknown): boolean {
  return isWrongCredentials(error) || brokerErrors(error).some((type) => type.endsWith('_AUTHORIZATION_FAILED'));
}

/** One line with what to do, when it is known; `null` when the brokers may just be away. */
export function toStartupError(error: unknown, { brokers, credentials, tls }: KafkaAddress): StartupError | null {
  const at = `Kafka at ${brokers.join(',')}`;
  const user = credentials?.username ?? 'a client without a name';
  const say = (message: string): StartupError => new StartupError(message, { cause: error });
  if (isWrongCredentials(error))
    return say(`KAFKA_USERNAME, KAFKA_PASSWORD or KAFKA_MECHANISM is wrong: ${at} refuses ${user} (${credentials?.mechanism ?? 'none'})`);
  const codes = [...causesOf(error)].map((each) => ('code' in each ? String(each.code) : ''));
  const code = codes.find((each) => untrusted.test(each));
  if (tls !== null && code !== undefined)
    return say(
      `KAFKA_CA_FILE does not vouch for ${at} (${code}): it must hold the certificate of the authority that signed the brokers' own`,
    );
  const [type] = brokerErrors(error).filter((each) => each.endsWith('_AUTHORIZATION_FAILED') || hopeless.has(each));
  if (type === undefined) return null;
  if (type.endsWith('_AUTHORIZATION_FAILED'))
    return say(
      `${at} does not let ${user} do what it must (${type}): grant Create, Describe, Read and Write on the topics, Read on the groups`,
    );
  return say(`${at} does not make our topics (${type}): ${reasonOf(error)}`);
}

/** First line of what went wrong, innermost. */
export function reasonOf(error: unknown): string {
  const innermost = [...causesOf(error)].at(-1);
  return (innermost?.message ?? String(error)).split('\n', 1)[0] ?? '';
}

const isWrongCredentials = (error: unknown): boolean =>
  [...causesOf(error)].some(({ name }) => name === 'KafkaJSSASLAuthenticationError') || isBrokerError(error, 'SASL_AUTHENTICATION_FAILED');

const untrusted = /^(SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/;

const hopeless = new Set([
  'INVALID_REPLICATION_FACTOR',
  'INVALID_CONFIG',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
  'INVALID_PARTITIONS',
]);
