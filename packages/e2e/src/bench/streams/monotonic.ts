/** Milliseconds of a clock that only goes forward and that all processes of a machine share; its zero means nothing. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
