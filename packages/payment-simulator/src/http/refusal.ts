import type { z } from 'zod';

/** A request that is refused before anything is done or recorded. The caller's mistake: sending it again does not help. */
export class RequestRefusedError extends Error {
  override readonly name = 'RequestRefusedError';
  readonly retryable = false;
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Reads untrusted input. @throws {RequestRefusedError} 400 `invalid_request`, naming each field that is wrong. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new RequestRefusedError(400, 'invalid_request', problems.join('; '));
}

/** The refusal for an authorisation that does not exist, or that enquiries may not see yet. */
export const notFound = (): RequestRefusedError => new RequestRefusedError(404, 'not_found', 'There is no such authorisation.');
