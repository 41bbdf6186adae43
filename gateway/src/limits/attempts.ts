import {
  valueFromASTUntyped,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';
import { runs, walkOperation, type FieldVisit, type Guard } from '../supergraph/walk-operation.ts';
import type { Bucket } from './rate-limits.ts';

/** A field that a bucket counts, at one place of an operation. */
export interface Attempt {
  readonly guards: readonly Guard[];
  /** The argument that tells attempts apart, as written; `null` where the bucket has none or the field does not give it. */
  readonly argument: ValueNode | null;
}

/** All places of an operation that one bucket counts; only buckets with any are listed. */
export interface CountedBucket {
  readonly bucket: Bucket;
  readonly attempts: readonly Attempt[];
}

/**
 * Finds what each bucket counts in an operation: attempts, not requests, so every alias is one. Computed once per operation and generation; the
 * operation has passed the document limits, which bound the walk.
 */
export function attemptsOf(
  buckets: readonly Bucket[],
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly CountedBucket[] {
  if (buckets.length === 0) return [];
  const counted = buckets.map((bucket) => ({ bucket, coordinates: new Set(bucket.fields), attempts: [] as Attempt[] }));
  const root = schema.getRootType(operation.operation);
  walkOperation({
    schema,
    operation,
    fragments,
    once: false,
    field(visit) {
      for (const { bucket, coordinates, attempts } of counted) {
        const counts = (coordinates.has('*') && visit.parent === root) || namesOf(visit).some((name) => coordinates.has(name));
        if (counts) attempts.push({ guards: visit.guards, argument: argumentOf(visit, bucket) });
      }
    },
    fragment: () => undefined,
  });
  return counted.filter(({ attempts }) => attempts.length > 0).map(({ bucket, attempts }) => ({ bucket, attempts }));
}

const namesOf = ({ possible, node }: FieldVisit): readonly string[] => possible.map((type) => `${type}.${node.name.value}`);

function argumentOf({ node }: FieldVisit, { distinct }: Bucket): ValueNode | null {
  const name = distinct?.split('.', 1)[0];
  return node.arguments?.find((argument) => argument.name.value === name)?.value ?? null;
}

/**
 * The values by which the running attempts of a bucket differ; `null` for one that has none and always counts.
 *
 * @param variables coerced, defaults applied.
 */
export function runningAttempts(
  { bucket, attempts }: CountedBucket,
  variables: Readonly<Record<string, unknown>>,
): readonly (string | null)[] {
  const path = bucket.distinct?.split('.').slice(1) ?? [];
  return attempts
    .filter(({ guards }) => runs(guards, variables))
    .map(({ argument }) => {
      if (argument === null) return null;
      let value: unknown = valueFromASTUntyped(argument, { ...variables });
      for (const key of path)
        value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
      return typeof value === 'string' ? value : null;
    });
}
