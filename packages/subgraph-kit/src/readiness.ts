import type { DependencyState, Readiness } from '@tally/runtime';

/** What a subgraph's readiness is made of (docs/reliability.md, health). */
export interface ReadinessSources {
  /** Asks the subgraph's own database. Anything but `ok` within a second counts as a failure; so does throwing. */
  readonly database: () => Promise<DependencyState>;
  /** How other dependencies are, as far as is known without asking them. They are listed and never make it unready. */
  readonly others?: () => Readonly<Record<string, DependencyState>>;
}

const failuresInARow = 3;

/**
 * Ready until the database failed three times in a row, or `draining` is true; ready again once it answers. The database is asked at most once per
 * second, whoever asks and however often: the path needs no token.
 *
 * @param options.timeoutMs patience with one question, default 1,000.
 * @param options.freshForMs how long an answer holds, default 1,000.
 */
export function createReadiness(
  sources: ReadinessSources,
  options: { readonly draining: () => boolean; readonly timeoutMs?: number; readonly freshForMs?: number },
): () => Promise<Readiness> {
  const { draining, timeoutMs = 1_000, freshForMs = 1_000 } = options;
  let failures = 0;
  let latest: { readonly at: number; readonly answer: Promise<DependencyState> } | undefined;

  async function ask(): Promise<DependencyState> {
    const state = await within(timeoutMs, sources.database);
    failures = state === 'ok' ? 0 : failures + 1;
    return state;
  }
  return async () => {
    if (draining()) return { ready: false, dependencies: sources.others?.() ?? {} };
    const now = performance.now();
    if (latest === undefined || now - latest.at >= freshForMs) latest = { at: now, answer: ask() };
    const database = await latest.answer;
    return { ready: failures < failuresInARow && !draining(), dependencies: { database, ...sources.others?.() } };
  };
}

async function within(timeoutMs: number, question: () => Promise<DependencyState>): Promise<DependencyState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DependencyState>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'down');
  });
  try {
    return await Promise.race([question(), late]);
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}
