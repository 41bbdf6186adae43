import type { Caller } from '@tally/identity';
import { OperationTypeNode, type DocumentNode, type ExecutionResult } from 'graphql';
import type { LRUCache } from 'lru-cache';
import type { Execute, RequestFacts } from './execution/execute.ts';
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

/** A validated document of a client, on whichever transport it came. */
export interface Question {
  readonly generation: Generation;
  readonly document: DocumentNode;
  /** Identifies the text of the document. */
  readonly queryHash: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  /** Of the client, behind the trusted proxies. */
  readonly address: string;
  readonly facts: RequestFacts;
  /** Told once the operation is known, also when it is then refused. */
  readonly named: (operation: GraphOperation) => void;
}

/**
 * Answers a question the same way for every transport: operation → variables → authorisation → rate limits → plan and execution.
 *
 * @throws {Refusal} nothing was fetched.
 */
export type Answer = (question: Question) => Promise<ExecutionResult>;

export interface AnswerOptions {
  readonly execute: Execute;
  /** What the limits profile leaves of the configured buckets. */
  readonly buckets: readonly Bucket[];
  readonly rateLimiter: RateLimiter;
  /** Who may ask for the schema itself. */
  readonly mayIntrospect: (caller: Caller) => boolean;
}

/** An operation with all that can be said of it before its variables are known. */
interface Prepared {
  readonly operation: GraphOperation;
  readonly demands: readonly Demand[];
  readonly counted: readonly CountedBucket[];
  readonly introspects: boolean;
}

export function createAnswer({ execute, buckets, rateLimiter, mayIntrospect }: AnswerOptions): Answer {
  const perGeneration = new WeakMap<Generation, { readonly table: RequirementTable; readonly prepared: LRUCache<string, Prepared> }>();

  function prepare({ generation, document, queryHash, operationName }: Question): Prepared {
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
  }

  return async (question) => {
    const { generation, variables, caller, address, facts } = question;
    const { operation, demands, counted, introspects: asksForSchema } = prepare(question);
    question.named(operation);
    if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION) {
      throw new Refusal({ code: 'BAD_REQUEST', status: 400, message: 'Subscriptions are not served here.', reason: 'subscription' });
    }
    if (asksForSchema && !mayIntrospect(caller)) {
      throw new Refusal({
        code: 'GRAPHQL_VALIDATION_FAILED',
        status: 400,
        message: 'Introspection is not allowed.',
        reason: 'introspection',
      });
    }
    const coerced = coerceVariables(generation.apiSchema, operation.definition, variables);
    if (!coerced.ok) return { errors: coerced.errors };
    authorise(demands, caller, coerced.values);
    await rateLimiter.admit(counted, { caller, address }, coerced.values);
    return await execute({ operation, variables, caller, facts });
  };
}
