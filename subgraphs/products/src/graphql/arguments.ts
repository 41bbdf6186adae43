import type { Outcome } from '@tally/kernel';
import { badInput, decodeCursor } from '@tally/subgraph-kit';
import type { BadArgument } from '../use-cases/read-arguments.ts';

/** @throws BAD_USER_INPUT: the argument cannot be read. */
export function orBadInput<T>(outcome: Outcome<T, BadArgument>): T {
  if (!outcome.ok) throw badInput(outcome.refusal.message, outcome.refusal.argument);
  return outcome.value;
}

/** The parts of a cursor; text that is none has none. */
export const cursorParts = (cursor: string | null | undefined): readonly unknown[] | null =>
  cursor == null ? null : (decodeCursor(cursor) ?? []);
