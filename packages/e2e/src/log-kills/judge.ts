/** An event of a stream. */
export interface Event {
  readonly topic: string;
  readonly key: string;
  readonly sequence: number;
  /** Bare UUID. */
  readonly eventId: string;
}

/** A record as it lies on the log. */
export interface Recorded extends Event {
  readonly partition: number;
  readonly position: number;
}

/** An effect that was made: the `nth` of its stream. */
export interface Applied extends Event {
  readonly nth: number;
}

/** Everything that a trial left behind. */
export interface Remains {
  /** What was committed: the rows of the outbox. */
  readonly committed: readonly Event[];
  /** The last number of each stream, as its own row says. */
  readonly streams: readonly { readonly topic: string; readonly key: string; readonly sequence: number }[];
  /** Events of transactions that were rolled back. */
  readonly rolledBack: ReadonlySet<string>;
  /** By partition in the order of the log. */
  readonly log: readonly Recorded[];
  readonly applied: readonly Applied[];
  /** Per stream, what the members count. */
  readonly counters: readonly { readonly topic: string; readonly key: string; readonly applied: number; readonly lastSequence: number }[];
}

export interface Judgement {
  readonly lost: readonly string[];
  readonly appliedTwice: readonly string[];
  readonly outOfOrder: readonly string[];
  /** On the log, or applied, though nobody committed it. */
  readonly phantoms: readonly string[];
  /** Records that repeat one before them. */
  readonly repeats: number;
}

const streamOf = ({ topic, key }: { readonly topic: string; readonly key: string }): string => `${topic} ${key}`;
const nameOf = (event: Event): string => `${streamOf(event)} ${String(event.sequence)} (${event.eventId})`;

/** Compares what was committed with what lies on the log and with what the members did. */
export function judge({ committed, streams, rolledBack, log, applied, counters }: Remains): Judgement {
  const lost: string[] = [];
  const outOfOrder: string[] = [];
  const phantoms: string[] = [];
  const known = new Map(committed.map((event) => [event.eventId, event]));

  const seen = new Set<string>();
  const first: Recorded[] = [];
  const placeOf = new Map<string, number>();
  for (const record of log) {
    const event = known.get(record.eventId);
    if (rolledBack.has(record.eventId)) phantoms.push(`on the log, and rolled back: ${nameOf(record)}`);
    else if (event === undefined) phantoms.push(`on the log, and never committed: ${nameOf(record)}`);
    else if (nameOf(event) !== nameOf(record)) phantoms.push(`on the log as ${nameOf(record)}, committed as ${nameOf(event)}`);
    const place = placeOf.get(streamOf(record)) ?? record.partition;
    placeOf.set(streamOf(record), place);
    if (place !== record.partition)
      outOfOrder.push(`${streamOf(record)} lies on partitions ${String(place)} and ${String(record.partition)}`);
    if (seen.has(record.eventId)) continue;
    seen.add(record.eventId);
    first.push(record);
  }
  outOfOrder.push(...brokenStreams('on the log', first));

  const done = new Map<string, number>();
  for (const { eventId } of applied) done.set(eventId, (done.get(eventId) ?? 0) + 1);
  const appliedTwice = [...done]
    .filter(([, times]) => times > 1)
    .map(([eventId, times]) => `${eventId} was applied ${String(times)} times`);
  for (const event of applied) if (!known.has(event.eventId)) phantoms.push(`applied, and never committed: ${nameOf(event)}`);
  outOfOrder.push(
    ...brokenStreams(
      'at the members',
      applied.toSorted((left, right) => left.nth - right.nth),
    ),
  );

  for (const event of committed) {
    if (!seen.has(event.eventId)) lost.push(`never on the log: ${nameOf(event)}`);
    else if (!done.has(event.eventId)) lost.push(`never applied: ${nameOf(event)}`);
  }
  const counts = new Map(counters.map((counter) => [streamOf(counter), counter]));
  for (const { sequence, ...stream } of streams) {
    const counter = counts.get(streamOf(stream));
    const what = `${streamOf(stream)} has ${String(sequence)} events, its counter ${String(counter?.applied)} and its last ${String(counter?.lastSequence)}`;
    if ((counter?.applied ?? 0) < sequence) lost.push(what);
    else if ((counter?.applied ?? 0) > sequence) appliedTwice.push(what);
    else if (counter?.lastSequence !== sequence) outOfOrder.push(what);
  }
  return { lost, appliedTwice, outOfOrder, phantoms, repeats: log.length - first.length };
}

/** Streams whose numbers do not rise by one from 1. @param events each stream in its order. */
function brokenStreams(where: string, events: readonly Event[]): readonly string[] {
  const last = new Map<string, number>();
  const broken: string[] = [];
  for (const event of events) {
    const before = last.get(streamOf(event)) ?? 0;
    if (event.sequence !== before + 1) broken.push(`${where} ${streamOf(event)}: ${String(event.sequence)} comes after ${String(before)}`);
    last.set(streamOf(event), event.sequence);
  }
  return broken;
}
