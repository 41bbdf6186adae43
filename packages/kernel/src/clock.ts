/**
 * The present moment. Rules take a `Date`, use cases take a `Clock`, so that tests and simulations own time.
 * Leases and expiry never use it: they live in database time (docs/reliability.md).
 */
export type Clock = () => Date;

/** The clock of the operating system, millisecond resolution. */
export const systemClock: Clock = () => new Date();
