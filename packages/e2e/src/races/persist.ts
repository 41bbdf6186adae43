import { setTimeout as pause } from 'node:timers/promises';
import { otherGateway, type GatewayIndex } from '../harness/buyers.ts';
import type { Heard } from './caller.ts';

/** The answer that a good client was content with, and what it went through until then. */
export interface Outcome<Payload> {
  /** `null`: it gave up. */
  readonly payload: Payload | null;
  /** From the first request to the last answer, in milliseconds. */
  readonly tookMs: number;
}

/** What stood in the way of good clients, by code; `LOST` where there was no answer. */
export type Obstacles = Map<string, number>;

interface Refusable {
  readonly userErrors: readonly { readonly code: string }[];
}

const firstPauseMs = 50;
const longestPauseMs = 1_000;
const patienceMs = 120_000;

/**
 * Asks until there is an answer that says what happened. `IDEMPOTENCY_IN_PROGRESS`, errors of any kind (`RATE_LIMITED` among them) and lost answers are asked
 * for again, the very same request, after pauses that grow; where nobody answered, at the other gateway.
 */
export async function persist<Data, Payload extends Refusable>(
  ask: (gateway: GatewayIndex) => Promise<Heard<Data>>,
  pick: (data: Data) => Payload | null,
  { home, obstacles }: { readonly home: GatewayIndex; readonly obstacles: Obstacles },
): Promise<Outcome<Payload>> {
  const startedAt = performance.now();
  let gateway = home;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const { data, errors, lost } = await ask(gateway);
    const payload = data === null ? null : pick(data);
    const codes = [
      ...(lost === null ? [] : ['LOST']),
      ...errors.map(({ extensions, message }) => extensions?.code ?? message),
      ...(payload?.userErrors ?? []).map(({ code }) => code).filter((code) => code === 'IDEMPOTENCY_IN_PROGRESS'),
    ];
    const tookMs = performance.now() - startedAt;
    if (payload !== null && codes.length === 0) return { payload, tookMs };
    for (const code of new Set(codes.length === 0 ? ['NOTHING'] : codes)) obstacles.set(code, (obstacles.get(code) ?? 0) + 1);
    if (tookMs > patienceMs) return { payload: null, tookMs };
    if (lost !== null) gateway = otherGateway(gateway);
    await pause(pauseMs / 2 + (Math.random() * pauseMs) / 2);
  }
}

/** In words; `none` where there were none. */
export const obstaclesInWords = (obstacles: Obstacles): string =>
  obstacles.size === 0 ? 'none' : [...obstacles].map(([code, count]) => `${code} ${String(count)}`).join(', ');
