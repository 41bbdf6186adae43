import { isSpanContextValid, trace } from '@opentelemetry/api';
import { destination, pino, type Logger as PinoLogger } from 'pino';
import { errorFields } from './error-fields.ts';
import { StartupError } from './startup-error.ts';

/** One JSON line per event. Fields are allow-listed by what code passes; `redactedPaths` stands behind that. */
export type Logger = PinoLogger;

const levels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

const secrets = [
  'authorization',
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'pepper',
  'email',
  'phone',
  'connectionString',
  'privateJwk',
];

/** What never leaves in a log line, at the top and one and two levels below it. */
export const redactedPaths: readonly string[] = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * A logger whose lines carry `service`, and `trace_id` and `span_id` where a span is active. Errors are given as `err`; of them a line tells what
 * `errorFields` keeps.
 *
 * @param level `trace` to `fatal`, or `silent`; `info` when absent.
 * @param write where lines go; standard output when absent.
 * @throws {StartupError} there is no such level.
 */
export function createLogger(options: {
  readonly service: string;
  readonly level?: string;
  readonly write?: (line: string) => void;
}): Logger {
  const { service, level = 'info', write } = options;
  if (!levels.includes(level)) throw new StartupError(`LOG_LEVEL is none of ${levels.join(', ')}`);
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...redactedPaths], censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => errorFields(error) },
      mixin() {
        const span = trace.getActiveSpan()?.spanContext();
        return span !== undefined && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
      },
    },
    // `minLength` 1 writes each line at once, yet lets `flush` wait for what is under way; with 0 it would not.
    write === undefined ? destination({ dest: 1, sync: false, minLength: 1 }) : { write },
  );
}
