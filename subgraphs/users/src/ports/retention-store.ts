/** How many rows a sweep removed. */
export interface Removed {
  readonly sessions: number;
  readonly attempts: number;
}

/**
 * Removes what nobody can use any more, some thousand rows at a time.
 *
 * @throws database errors; every call may be repeated.
 */
export interface RetentionStore {
  /** Sessions, with their tokens, that expired before one moment; attempts whose delay ended before the other. */
  remove(before: { readonly sessions: Date; readonly attempts: Date }): Promise<Removed>;
}
