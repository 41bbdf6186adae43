import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { WireCode } from '@tally/runtime';
import { identityOf } from './engine.ts';
import type { Pipeline } from './pipeline.ts';
import { readPage, type Page } from './read-page.ts';
import { withinDeadline } from './run-facts.ts';
import type { ReplayCause } from './stream-telemetry.ts';
import type { Subscriber } from './subscriber.ts';

/**
 * One catching up of a pipeline's subscribers, in the middle of their streams. All of them have been listening since before it began, so whoever asks
 * as the same caller from the same sequence on shares the answer.
 */
export interface Recovery {
  /** Asks again and again while the owner is away; a refusal is final. Never rejects for what a subgraph does. */
  page(subscriber: Subscriber, after: number | null): Promise<Page>;
}

const worthWaiting: ReadonlySet<WireCode> = new Set(['SUBGRAPH_UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'PLANNING_OVERLOADED']);

const pausesMs = [100, 250, 500, 1_000, 2_000, 5_000];

const nothing: Page = { ok: true, events: [], full: false };

export function createRecovery(pipeline: Pipeline, cause: ReplayCause): Recovery {
  const pages = new Map<string, Promise<Page>>();
  const { engine } = pipeline;

  async function once({ caller }: Subscriber, after: number | null): Promise<Page> {
    const { replay } = pipeline.work.stream;
    if (replay === null) return nothing;
    engine.telemetry.replayed(cause);
    const span = trace.getTracer('tally.gateway').startSpan('replay', { attributes: { 'tally.cause': cause } }, ROOT_CONTEXT);
    try {
      return await withinDeadline({ span, deadlineMs: engine.deadlineMs, ended: pipeline.ended }, (facts) =>
        readPage(engine, { replay, variables: pipeline.variables, caller, facts, after }),
      );
    } finally {
      span.end();
    }
  }

  async function patiently(subscriber: Subscriber, after: number | null): Promise<Page> {
    for (let attempt = 0; ; attempt += 1) {
      const page = await engine.turns(() => (pipeline.ended.aborted ? Promise.resolve(nothing) : once(subscriber, after)));
      if (page.ok || pipeline.ended.aborted || !worthWaiting.has(page.code)) return page;
      await pause(pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0, pipeline.ended);
    }
  }

  return {
    page(subscriber, after) {
      const key = `${String(after)} ${identityOf(subscriber.caller)}`;
      let page = pages.get(key);
      if (page === undefined) pages.set(key, (page = patiently(subscriber, after)));
      return page;
    },
  };
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      ended.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    ended.addEventListener('abort', done, { once: true });
  });
}
