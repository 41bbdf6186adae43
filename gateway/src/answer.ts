import { OperationTypeNode, type ExecutionResult } from 'graphql';
import type { Admission, Asked, Asker } from './admission.ts';
import type { Execute, RequestFacts } from './execution/execute.ts';
import type { GraphOperation } from './planning/operation.ts';
import { Refusal } from './refusal.ts';

/** A validated document of a client that is answered once. */
export interface Question extends Asked, Asker {
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

export function createAnswer({ admission, execute }: { readonly admission: Admission; readonly execute: Execute }): Answer {
  return async (question) => {
    const { variables, caller, facts } = question;
    const prepared = admission.prepare(question);
    const { operation } = prepared;
    question.named(operation);
    if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION) throw notOnce();
    const admitted = await admission.admit(prepared, question);
    return admitted.ok ? await execute({ operation, variables, caller, facts }) : { errors: admitted.errors };
  };
}

const notOnce = (): Refusal =>
  new Refusal({
    code: 'BAD_REQUEST',
    status: 400,
    message:
      'A subscription is not answered once. Subscribe by WebSocket (graphql-transport-ws), or with accept: text/event-stream or multipart/mixed;subscriptionSpec="1.0".',
    reason: 'subscription',
  });
