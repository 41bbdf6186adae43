import type { Caller } from '@tally/identity';
import type { DocumentNode, GraphQLError } from 'graphql';
import type { LRUCache } from 'lru-cache';
import { coerceVariables } from './execution/variables.ts';
import { authorise, demandsOf, type Demand } from './identity/authorise.ts';
import { readRequirements, type RequirementTable } from './identity/requirements.ts';
import { attemptsOf, type CountedBucket } from './limits/attempts.ts';
import { introspects } from './limits/document-limits.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import type { Bucket } from './limits/rate-limits.ts';
import { boundedBy, operationBound } from './planning/bounded.ts';
import { graphOperation, type GraphOperation } from './planning/operation.ts';
import { Refusal } from './refusal.ts';
import type { Generation } from './supergraph/generation.ts';

/** A validated document of a client, and which operation of it. */
export interface Asked {
  readonly generation: Generation;
  readonly document: DocumentNode;
  /** Identifies the text of the document. */
  readonly queryHash: string;
  readonly operationName: string | null;
}

/** An operation with all that can be said of it before its variables are known. */
export interface Prepared {
  readonly operation: GraphOperation;
  readonly demands: readonly Demand[];
  readonly counted: readonly CountedBucket[];
  readonly introspects: boolean;
}

/** Who asks, and with which variables. */
export interface Asker {
  readonly caller: Caller;
  /** Of the client, behind the trusted proxies. */
  readonly address: string;
  /** As sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Variables with defaults applied, or what is wrong with them. */
export type Admitted =
  | { readonly ok: true; readonly values: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

/** What every operation passes before anything is fetched for it, on whichever protocol it came. */
export interface Admission {
  /** Computed once per operation and generation. @throws {Refusal} no such operation. */
  prepare(asked: Asked): Prepared;
  /** Introspection → variables → authorisation → rate limits. @throws {Refusal} */
  admit(prepared: Prepared, asker: Asker): Promise<Admitted>;
  /** Authorisation alone, for who was admitted before. @param variables coerced, defaults applied. @throws {Refusal} */
  authorise(prepared: Prepared, caller: Caller, variables: Readonly<Record<string, unknown>>): void;
}

export interface AdmissionOptions {
  /** What the limits profile leaves of the configured buckets. */
  readonly buckets: readonly Bucket[];
  readonly rateLimiter: RateLimiter;
  /** Who may ask for the schema itself. */
  readonly mayIntrospect: (caller: Caller) => boolean;
}

export function createAdmission({ buckets, rateLimiter, mayIntrospect }: AdmissionOptions): Admission {
  const perGeneration = new WeakMap<Generation, { readonly table: RequirementTable; readonly prepared: LRUCache<string, Prepared> }>();

  return {
    prepare({ generation, document, queryHash, operationName }) {
      let known = perGeneration.get(generation);
      if (known === undefined) {
        known = {
          table: readRequirements(generation.supergraph),
          prepared: boundedBy<Prepared>(operationBound, ({ operation }) => operation.characters),
        };
        perGeneration.set(generation, known);
      }
      const key = `${queryHash} ${operationName ?? ''}`;
      const before = known.prepared.get(key);
      if (before !== undefined) return before;
      const operation = graphOperation(generation, document, operationName, key);
      const { definition, fragments } = operation;
      const prepared = {
        operation,
        demands: demandsOf(known.table, generation.apiSchema, definition, fragments),
        counted: attemptsOf(buckets, generation.apiSchema, definition, fragments),
        introspects: introspects(document),
      };
      known.prepared.set(key, prepared);
      return prepared;
    },
    async admit({ operation, demands, counted, introspects: asksForSchema }, { caller, address, variables }) {
      if (asksForSchema && !mayIntrospect(caller)) {
        throw new Refusal({
          code: 'GRAPHQL_VALIDATION_FAILED',
          status: 400,
          message: 'Introspection is not allowed.',
          reason: 'introspection',
        });
      }
      const coerced = coerceVariables(operation.generation.apiSchema, operation.definition, variables);
      if (!coerced.ok) return coerced;
      authorise(demands, caller, coerced.values);
      await rateLimiter.admit(counted, { caller, address }, coerced.values);
      return coerced;
    },
    authorise({ demands }, caller, variables) {
      authorise(demands, caller, variables);
    },
  };
}
