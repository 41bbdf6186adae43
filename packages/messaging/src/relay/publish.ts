import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { RecordRefusedError, type EventLog } from '../event-log.ts';
import { attributes, inSpan, linksTo } from '../trace-context.ts';
import type { OutboxRow } from './pass.ts';

/** What became of a batch. Rows in neither list wait: behind a refused one of their key, or for a log that answers. */
export interface Published {
  readonly acknowledged: OutboxRow[];
  readonly refused: { readonly row: OutboxRow; readonly error: RecordRefusedError }[];
  /** Errors that were no row's own: nothing is known about the rows they left. */
  readonly failures: unknown[];
}

/** Appends rows, topics side by side, each topic in the order of its rows. Never rejects. */
export async function publish(log: Pick<EventLog, 'append'>, rows: readonly OutboxRow[]): Promise<Published> {
  const result: Published = { acknowledged: [], refused: [], failures: [] };
  const byTopic = Map.groupBy(rows, ({ topic }) => topic);
  await Promise.all(
    [...byTopic].map(async ([topic, ofTopic]) => {
      const refusedKeys = new Set<string>();
      try {
        await send(log, topic, ofTopic, result, refusedKeys);
      } catch (error) {
        result.failures.push(error);
      }
    }),
  );
  return result;
}

/** Halves a batch that was refused until the refused row is alone; later rows of its key stay behind. */
async function send(
  log: Pick<EventLog, 'append'>,
  topic: string,
  rows: readonly OutboxRow[],
  result: Published,
  refusedKeys: Set<string>,
): Promise<void> {
  const free = rows.filter(({ key }) => !refusedKeys.has(key));
  const [first] = free;
  if (first === undefined) return;
  try {
    await append(log, topic, free);
    result.acknowledged.push(...free);
  } catch (error) {
    if (!(error instanceof RecordRefusedError)) throw error;
    if (free.length === 1) {
      refusedKeys.add(first.key);
      result.refused.push({ row: first, error });
      return;
    }
    const middle = Math.ceil(free.length / 2);
    await send(log, topic, free.slice(0, middle), result, refusedKeys);
    await send(log, topic, free.slice(middle), result, refusedKeys);
  }
}

/** The rows may be hours old, so the span is a root of its own, linked to what wrote them. */
function append(log: Pick<EventLog, 'append'>, topic: string, rows: readonly OutboxRow[]): Promise<void> {
  const described = { [attributes.system]: 'tally', [attributes.destination]: topic, [attributes.batchSize]: rows.length };
  return inSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, parent: ROOT_CONTEXT, links: linksTo(rows), attributes: described }, () =>
    log.append(rows),
  );
}
