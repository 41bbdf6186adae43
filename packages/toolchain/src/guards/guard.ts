/** One place of a source, and what it is replaced by so that the guard is gone. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** What must turn red. */
export type Check =
  /** Tests: a file, and the title of those that are run; all of them without. */
  | { readonly kind: 'test'; readonly project: 'unit' | 'int'; readonly file: string; readonly title?: string }
  /** The simulation, until it finds a violation of one of these invariants. */
  | { readonly kind: 'simulation'; readonly violates: readonly string[] };

/**
 * A guard: something without which money, stock or events go wrong. Taken away, a check must turn red; a guard that another one masks is taken away together
 * with it.
 */
export interface Guard {
  /** What it is, in a few words; unique. */
  readonly name: string;
  /** What goes wrong without it. */
  readonly without: string;
  readonly edits: readonly [Edit, ...Edit[]];
  readonly checks: readonly [Check, ...Check[]];
}

/** A check in words, as tables show it. */
export const nameOf = (check: Check): string =>
  check.kind === 'simulation'
    ? `simulation: ${check.violates.join(' or ')}`
    : `${check.file.split('/').slice(-1)[0] ?? check.file}${check.title === undefined ? '' : `: ${check.title}`}`;

/** Whether two checks are the same run of the same tests. */
export const keyOf = (check: Check): string => JSON.stringify(check.kind === 'simulation' ? { kind: check.kind } : check);
