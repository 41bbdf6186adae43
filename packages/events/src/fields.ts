import { isId, type Id, type IdPrefix } from '@tally/kernel';
import { z } from 'zod';

/** An id in its prefixed spelling. */
export const id = <P extends IdPrefix>(prefix: P): z.ZodType<Id<P>> =>
  z.custom<Id<P>>((value) => isId(prefix, value), `expected an id that starts with ${prefix}_`);

/** A reference in the shape of the graph: `{ id }`. */
export const ref = <P extends IdPrefix>(prefix: P) => z.object({ id: id(prefix) });

/** An amount in minor units, zero or more, and its ISO 4217 currency. */
export const amount = z.object({ amount: z.int().min(0), currency: z.string().regex(/^[A-Z]{3}$/) });

/** RFC 3339, UTC. */
export const instant = z.iso.datetime();
