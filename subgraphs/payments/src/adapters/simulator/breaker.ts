import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import type { NotSent, Unknown } from '../../domain/evidence.ts';

/** Limits of one provider. */
export interface Limits {
  /** Calls at once, 1 or more; one more is turned away, not queued. */
  readonly concurrency: number;
  /** From connecting to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  /** Calls in a row without an answer that open the breaker. */
  readonly breakAfter: number;
  /** How long it stays open before one call may try, in milliseconds. */
  readonly halfOpenMs: number;
}

/** Why there is no response. */
export type Silence = NotSent | Unknown;

/** What stands between us and one provider: bulkhead, then breaker, then timeout. */
export interface Breaker {
  /** Runs one exchange. A rejection of `exchange` is classified, never thrown; a result counts as an answer unless `isSilence`. */
  run<T extends { readonly kind: string }>(exchange: (signal: AbortSignal) => Promise<T>): Promise<T | Silence>;
  readonly state: 'ok' | 'degraded' | 'down';
}

/** Sockets that could not be opened: nothing was written to them. Sources: Node's errno table and undici's error codes. */
const notSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** @param onChange told when the breaker opens (`open`), tries (`half-open`) and closes (`closed`). */
export function createBreaker(limits: Limits, onChange: (state: string) => void): Breaker {
  // Timeouts, resets and 5xx count like refused connections: all say that this provider does not serve at the moment.
  const failing = handleWhenResult((result) => isSilence(result));
  const breaker = circuitBreaker(failing, { halfOpenAfter: limits.halfOpenMs, breaker: new ConsecutiveBreaker(limits.breakAfter) });
  breaker.onStateChange((state) =>
    onChange(state === CircuitState.Open ? 'open' : state === CircuitState.HalfOpen ? 'half-open' : 'closed'),
  );
  const guard = wrap(bulkhead(limits.concurrency, 0), breaker);
  const patience = timeout(limits.timeoutMs, TimeoutStrategy.Cooperative);

  return {
    async run(exchange) {
      try {
        return await guard.execute(() =>
          patience.execute(({ signal }) => exchange(signal).catch((error: unknown) => toSilence(error, signal))),
        );
      } catch (error) {
        if (error instanceof BulkheadRejectedError) return { kind: 'NOT_SENT', code: 'BUSY', circuitOpen: false };
        if (error instanceof BrokenCircuitError) return { kind: 'NOT_SENT', code: 'CIRCUIT_OPEN', circuitOpen: true };
        if (error instanceof TaskCancelledError) return { kind: 'UNKNOWN', code: 'TIMEOUT' };
        throw error;
      }
    },
    get state() {
      return breaker.state === CircuitState.Closed ? 'ok' : breaker.state === CircuitState.HalfOpen ? 'degraded' : 'down';
    },
  };
}

function isSilence(result: unknown): boolean {
  const kind = (result as { readonly kind?: unknown } | null)?.kind;
  return kind === 'NOT_SENT' || kind === 'UNKNOWN';
}

function toSilence(error: unknown, signal: AbortSignal): Silence {
  if (signal.aborted) return { kind: 'UNKNOWN', code: 'TIMEOUT' };
  const code = codeOf(error);
  return notSent.has(code) ? { kind: 'NOT_SENT', code, circuitOpen: false } : { kind: 'UNKNOWN', code };
}

function codeOf(error: unknown): string {
  // A name with several addresses fails with all of their errors; one that is not about connecting decides.
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map(codeOf).find((code) => !notSent.has(code)) ?? codeOf(error.errors[0]);
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'FAULT';
}
