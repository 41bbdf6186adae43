import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { StartupError } from './startup-error.ts';

/** Environment variables as the process got them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses environment variables. Empty and blank ones count as absent. A variable `X` may be given as `X_FILE`, the path of a file that holds it: secrets
 * come as mounted files. With both, `X` counts.
 *
 * @throws {StartupError} names every variable that is wrong, in one line.
 */
export function readEnvironment<Schema extends z.ZodObject>(schema: Schema, environment: Environment): z.infer<Schema> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = said(environment[name]) ?? fromFile(schema, `${name}_FILE`, environment);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    if (name === '') return issue.message; // of several variables together
    return Object.hasOwn(given, name) ? `${name} is not valid (${issue.message})` : `${name} is missing`;
  });
  throw new StartupError(`configuration: ${problems.join('; ')}. Set them in the environment; .env.example shows each.`);
}

const said = (value: string | undefined): string | undefined => (value === undefined || value.trim() === '' ? undefined : value);

/** `X_FILE` may be a variable of its own: then it is not read here. */
function fromFile(schema: z.ZodObject, variable: string, environment: Environment): string | undefined {
  const path = said(environment[variable]);
  return path === undefined || Object.hasOwn(schema.shape, variable) ? undefined : said(fileText(variable, path));
}

/** A TCP port in decimal digits, 0 meaning any free one. */
export const portNumber = (standard: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'a port is 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'a port is 0 to 65535')
    .default(standard);

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
