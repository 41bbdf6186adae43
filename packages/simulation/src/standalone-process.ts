import { createMemoryDatabase, type MemoryDatabase } from './database/memory-database.ts';
import { createRandom } from '@tally/kernel';
import type { SimulatedProcess } from './simulated-app.ts';

const beginning = Date.UTC(2026, 0, 1);

/**
 * A process without a scheduler, for tests of what runs in one: its turns come at once, its time stands still unless `now` moves it, nothing kills it.
 *
 * @param options.seed of its chance; default 1.
 */
export function standaloneProcess(
  options: { readonly database?: MemoryDatabase; readonly now?: () => Date; readonly seed?: number } = {},
): SimulatedProcess {
  const now = options.now ?? (() => new Date(beginning));
  const database = options.database ?? createMemoryDatabase({ now });
  const random = createRandom(options.seed ?? 1);
  const startedAt = now().getTime();
  return {
    database,
    session: database.session(),
    now,
    monotonicMs: () => now().getTime() - startedAt,
    random: random.next,
    turn: () => Promise.resolve(),
  };
}
