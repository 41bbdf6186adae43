import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { StartupError } from './startup-error.ts';

/** Environment variables as the process got them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses environment variables. Empty ones count as absent.
 *
 * @throws {StartupError} names every variable that is wrong, in one line.
 */
export function readEnvironment<Schema extends z.ZodObject>(schema: Schema, environment: Environment): z.infer<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in schema.shape && value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return name in given ? `${name} is not valid (${issue.message})` : `${name} is missing`;
  });
  throw new StartupError(`configuration: ${problems.join('; ')}. Set them in the environment; .env.example shows each.`);
}

/** A TCP port, 0 meaning any free one. */
export const portNumber = (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard);

/**
 * Contents of a secret or key file, without the final newline.
 *
 * @throws {StartupError} it cannot be read.
 */
export function fileText(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new StartupError(`${variable}: cannot read the file it names: check path and permissions`, { cause });
  }
}
