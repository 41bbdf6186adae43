/** Attempts of one owner at the fields of one bucket, made by one operation. */
export interface Taking {
  /** Names the bucket. */
  readonly bucket: string;
  /** Whose points these are. */
  readonly owner: string;
  /** How many there are in a window, and how long it is. A window begins with the first attempt. */
  readonly points: number;
  readonly seconds: number;
  /** One per attempt: the value that tells it from others, or `null`. A value that was let through in this window is free when it comes again. */
  readonly attempts: readonly (string | null)[];
}

/** What has been taken from the buckets, counted by one process or by several together. */
export interface Counters {
  /**
   * Takes a point for every attempt that is not free. Points stay taken also when they were too many: attempts count. Of several calls at once with one
   * value, by whichever process, one takes the point, and none is free because of one that was refused.
   *
   * @returns milliseconds until the window ends when there were too few points for an attempt, else `null`.
   * @throws what counts cannot be reached; points may have been taken.
   */
  take(taking: Taking): Promise<number | null>;
}
