import { isSpanContextValid, trace } from '@opentelemetry/api';
import { destination, pino, type Logger as PinoLogger } from 'pino';

/** One JSON line per event. Fields are allow-listed by what code passes; `redactedPaths` stands behind that. */
export type Logger = PinoLogger;

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
 * A logger whose lines carry `service`, and `trace_id` and `span_id` where a span is active.
 *
 * @param level `trace` to `fatal`, or `silent`; `info` when absent.
 * @param write where lines go; standard output when absent.
 */
export function createLogger(options: {
  readonly service: string;
  readonly level?: string;
  readonly write?: (line: string) => void;
}): Logger {
  const { service, level = 'info', write } = options;
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...redactedPaths], censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      mixin() {
        const span = trace.getActiveSpan()?.spanContext();
        return span !== undefined && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
      },
    },
    write === undefined ? destination({ dest: 1, sync: false }) : { write },
  );
}
