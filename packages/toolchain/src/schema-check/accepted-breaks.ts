import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CouldNotCheckError } from './could-not-check.ts';
import type { Coordinate } from './change.ts';

/** A break that was decided on. It is accepted to the end of the day `until` (UTC), and counts as any other after that. */
export interface AcceptedBreak {
  readonly coordinate: Coordinate;
  readonly reason: string;
  /** `2026-12-31`. */
  readonly until: string;
}

/** The file of accepted breaks, relative to the repository. */
export const ACCEPTED_BREAKS = 'accepted-breaks.json';

/**
 * Reads the breaks that are accepted in a repository; without the file there are none.
 *
 * @throws {CouldNotCheckError} it is not a list of coordinate, reason and day.
 */
export function readAcceptedBreaks(folder: string): readonly AcceptedBreak[] {
  const path = join(folder, ACCEPTED_BREAKS);
  if (!existsSync(path)) return [];
  const wrong = (what: string, cause?: unknown): CouldNotCheckError => new CouldNotCheckError(`${ACCEPTED_BREAKS}: ${what}`, { cause });
  let entries: unknown;
  try {
    entries = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw wrong('no JSON', cause);
  }
  if (!Array.isArray(entries)) throw wrong('no list');
  return entries.map((entry: unknown, at) => {
    const { coordinate, reason, until } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof coordinate !== 'string' || coordinate === '') throw wrong(`entry ${String(at + 1)} has no coordinate`);
    if (typeof reason !== 'string' || reason.trim() === '') throw wrong(`${coordinate} has no reason`);
    if (typeof until !== 'string' || !isDay(until)) throw wrong(`${coordinate} has no day in "until", like 2026-12-31`);
    return { coordinate, reason, until };
  });
}

/** Whether the day is over. */
export function isOver({ until }: AcceptedBreak, now: Date): boolean {
  return now.toISOString().slice(0, 10) > until;
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
