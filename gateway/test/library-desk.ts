import type { Caller } from '@tally/identity';
import { newId } from '@tally/kernel';
import type { EventLog, LogRecord } from '@tally/messaging';
import { GraphQLError } from 'graphql';

interface Step {
  readonly sequence: number;
  readonly status: string;
  readonly note: string | null;
  readonly occurredAt: string;
}

interface Visit {
  readonly id: string;
  reader: string;
  readonly steps: Step[];
}

interface Asking {
  readonly caller: Caller | null;
}

/** The desk's own data, and its events on the log. What is committed is not yet on the log. */
export interface Desk {
  readonly resolvers: object;
  /** A visit with its first step, so long ago that the log does not hold it any more. */
  book(id: string, reader: string): void;
  /** The next step, on the log. */
  step(id: string, status?: string): Promise<void>;
  /** The next step, as a record that somebody has to append. */
  commit(id: string, status?: string): LogRecord;
  /** Gives a visit to somebody else; its next events say so. */
  hand(id: string, reader: string): void;
  note(reader: string, text: string): Promise<void>;
  /** Numbered like notes, and of another type. */
  readNotes(reader: string): Promise<void>;
  setShelf(id: string, free: number): Promise<void>;
  commitShelf(id: string, free: number): LogRecord;
  ring(hall: string, sequence: number): Promise<void>;
}

const staffScope = 'desk:any';

/** Events that the desk answers at a time. */
const pageSize = 1_000;

export function createDesk(log: EventLog | null): Desk {
  const visits = new Map<string, Visit>();
  const notes = new Map<string, { sequence: number; text: string | null; occurredAt: string }[]>();
  const shelves = new Map<string, { sequence: number; free: number }>();

  const append = async (record: LogRecord): Promise<void> => {
    await log?.append([record]);
  };

  function aRecord(topic: string, key: string, type: string, sequence: number, data: object): LogRecord {
    const time = new Date();
    return { topic, key, eventId: newId('evt'), type, sequence, time, traceparent: null, tracestate: null, payload: JSON.stringify(data) };
  }

  function commit(id: string, status = 'SEATED'): LogRecord {
    const visit = visits.get(id);
    if (visit === undefined) throw new Error(`no visit ${id}`);
    const sequence = visit.steps.length + 1;
    const record = aRecord('desk.visit.v1', id, 'VisitChanged', sequence, {
      visit: { id },
      reader: { id: visit.reader },
      status,
      note: null,
      place: { hall: 'north', seat: sequence },
    });
    visit.steps.push({ sequence, status, note: null, occurredAt: record.time.toISOString() });
    return record;
  }

  function commitNote(reader: string, text: string | null): LogRecord {
    const all = notes.get(reader) ?? [];
    notes.set(reader, all);
    const record = aRecord('desk.note.v1', reader, text === null ? 'NoteRead' : 'NoteWritten', all.length + 1, {
      reader: { id: reader },
      text,
    });
    all.push({ sequence: record.sequence, text, occurredAt: record.time.toISOString() });
    return record;
  }

  function commitShelf(id: string, free: number): LogRecord {
    const sequence = (shelves.get(id)?.sequence ?? 0) + 1;
    shelves.set(id, { sequence, free });
    return aRecord('desk.shelf.v1', id, 'ShelfChanged', sequence, { shelf: { id }, free });
  }

  /** Missing and foreign look alike. */
  function readable(id: string, { caller }: Asking): Visit {
    const visit = visits.get(id);
    const may = caller?.kind === 'user' && (visit?.reader === caller.userId || caller.scopes.includes(staffScope));
    if (visit === undefined || !may) throw refused('NOT_FOUND', 'There is no such visit.');
    return visit;
  }

  const toEvent = (visit: Visit, step: Step): object => ({
    ...step,
    visit: { __typename: 'Visit', id: visit.id },
    place: { hall: 'north', seat: step.sequence },
  });

  return {
    resolvers: {
      Query: {
        visit: (_: unknown, { id }: { id: string }, asking: Asking) => ({ id: readable(id, asking).id }),
        visitEvents(_: unknown, { visitId, afterSequence }: { visitId: string; afterSequence?: number | null }, asking: Asking) {
          const visit = readable(visitId, asking);
          return after(visit.steps, afterSequence ?? null).map((step) => toEvent(visit, step));
        },
        noteEvents(_: unknown, { afterSequence }: { afterSequence?: number | null }, { caller }: Asking) {
          const all = caller?.kind === 'user' ? (notes.get(caller.userId) ?? []) : [];
          return after(all, afterSequence ?? null).filter(({ text }) => text !== null);
        },
        shelfEvents: (_: unknown, { shelfIds }: { shelfIds: readonly string[] }) =>
          shelfIds.flatMap((id) => {
            const shelf = shelves.get(id);
            return shelf === undefined ? [] : [{ ...shelf, shelf: { __typename: 'Shelf', id } }];
          }),
      },
      Visit: {
        __resolveReference: ({ id }: { id: string }, asking: Asking) => ({ id: readable(id, asking).id }),
        fee: ({ id }: { id: string }) => (visits.get(id)?.steps.length ?? 0) * 100,
        book: () => ({ __typename: 'Book', id: 'b1' }),
      },
      Shelf: {
        __resolveReference: (reference: object) => reference,
        label: ({ id }: { id: string }, _: unknown, { caller }: Asking) => `shelf ${id} for ${caller?.kind ?? 'nobody'}`,
      },
    },
    book(id, reader) {
      visits.set(id, { id, reader, steps: [] });
      commit(id, 'BOOKED');
    },
    step: (id, status) => append(commit(id, status)),
    commit,
    hand(id, reader) {
      const visit = visits.get(id);
      if (visit !== undefined) visit.reader = reader;
    },
    note: (reader, text) => append(commitNote(reader, text)),
    readNotes: (reader) => append(commitNote(reader, null)),
    setShelf: (id, free) => append(commitShelf(id, free)),
    commitShelf,
    ring: (hall, sequence) => append(aRecord('desk.bell.v1', hall, 'BellRang', sequence, { hall })),
  };
}

function after<E extends { readonly sequence: number }>(events: readonly E[], sequence: number | null): readonly E[] {
  if (sequence === null) return events.slice(-1);
  if (sequence > events.length) throw refused('SEQUENCE_AHEAD', 'That sequence has not been reached.');
  return events.filter((event) => event.sequence > sequence).slice(0, pageSize);
}

const refused = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });
