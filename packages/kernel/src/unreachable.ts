/** A value of a union that the types say cannot exist did arrive: a bug, or data from a newer version. Not retryable. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Ends a `switch` over a union: does not compile while a member is missing, throws `UnreachableError` if one arrives all the same. */
export function unreachable(value: never): never {
  throw new UnreachableError(`no case for ${JSON.stringify(value)}`);
}
