import { readFile } from 'node:fs/promises';
import { StartupError } from '@tally/runtime';
import { isObjectType, type GraphQLSchema } from 'graphql';
import { z } from 'zod';

const bucketSchema = z.strictObject({
  /** Names the bucket in `rate_limited_total`. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  /** Schema coordinates (`Type.field`) whose attempts count; `*` is every root field. */
  fields: z.array(z.union([z.literal('*'), z.string().regex(/^[_A-Za-z]\w*\.[_A-Za-z]\w*$/)])).min(1),
  /** Whose bucket: the client's address, the caller (the address of an anonymous one), or one bucket for all. */
  per: z.enum(['address', 'caller', 'everyone']),
  points: z.number().int().positive(),
  /** For `per: caller`: what an address gets whose callers are anonymous, since many of them share one. */
  anonymousPoints: z.number().int().positive().optional(),
  seconds: z.number().int().positive(),
  /** Path to an argument value, such as `input.key`: attempts with a value seen in this window are free. */
  distinct: z
    .string()
    .regex(/^\w+(\.\w+)*$/)
    .optional(),
  /** What each gateway gives out by itself while Redis, which counts for all of them, is away; none is ever without a limit. */
  withoutRedis: z.enum(['whole', 'share', 'half']).default('share'),
});

const rateLimitsSchema = z.strictObject({ buckets: z.array(bucketSchema) });

export type Bucket = z.infer<typeof bucketSchema>;

/** Which fields are rationed, and how; configuration, so that the source stays free of any domain. */
export type RateLimits = z.infer<typeof rateLimitsSchema>;

/** Buckets as a value, a JSON file of them, or none. */
export type RateLimitsSource = { readonly path: string } | z.input<typeof rateLimitsSchema> | null;

/**
 * Points of a gateway that counts for itself: all of them, its share, or half, but no more than its share. Nothing is halved where no Redis was ever
 * meant to be. At least 1.
 */
export function pointsAlone(
  { withoutRedis }: Bucket,
  points: number,
  among: { readonly replicas: number; readonly away: boolean },
): number {
  const parts = { whole: 1, share: among.replicas, half: Math.max(among.replicas, among.away ? 2 : 1) }[withoutRedis];
  return Math.max(1, Math.floor(points / parts));
}

/**
 * Reads the buckets.
 *
 * @throws {StartupError} the file is unreadable or wrong.
 */
export async function loadRateLimits(source: RateLimitsSource): Promise<RateLimits> {
  if (source === null) return { buckets: [] };
  const given: unknown = 'path' in source ? await jsonOf(source.path) : source;
  const parsed = rateLimitsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartupError(`rate limits: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not valid'}`);
}

/**
 * A limit on a field that does not exist protects nothing.
 *
 * @throws {StartupError} names the first such coordinate.
 */
export function checkCoordinates({ buckets }: RateLimits, schema: GraphQLSchema): void {
  for (const { name, fields } of buckets) {
    const missing = fields.find((coordinate) => coordinate !== '*' && !exists(coordinate, schema));
    if (missing !== undefined) throw new StartupError(`rate limits: bucket ${name} names ${missing}, which the supergraph does not have`);
  }
}

function exists(coordinate: string, schema: GraphQLSchema): boolean {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  return isObjectType(type) && fieldName in type.getFields();
}

async function jsonOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new StartupError(`LIMITS_PATH: ${path} cannot be read as JSON`, { cause });
  }
}
