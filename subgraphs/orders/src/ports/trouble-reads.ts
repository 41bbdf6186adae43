import type { Id } from '@tally/kernel';
import type { CommandType } from '../domain/saga-commands.ts';
import type { SagaStep } from '../domain/saga.ts';

/** A command that has no answer and was not made void. */
export interface OutstandingCommand {
  readonly id: Id<'cmd'>;
  readonly type: CommandType;
  readonly sentAt: Date;
}

/** An order whose saga waits for a person. */
export interface TroubledSaga {
  readonly orderId: Id<'ord'>;
  readonly step: SagaStep;
  /** When the saga last moved. */
  readonly since: Date;
  readonly attention: string;
  readonly deadlineAt: Date | null;
  /** Oldest first. */
  readonly outstanding: readonly OutstandingCommand[];
}

/** Sagas that wait for a person, on the database that takes the writes. Each call is one statement. Nobody's rights are checked here. */
export interface TroubleReads {
  /** Longest first. @param after the last of the page before. @param limit 1 to 101. */
  page(after: Pick<TroubledSaga, 'since' | 'orderId'> | null, limit: number): Promise<readonly TroubledSaga[]>;
  /** Counted up to 10,001. */
  count(): Promise<number>;
  /** Oldest first. */
  outstandingOf(orderId: Id<'ord'>): Promise<readonly OutstandingCommand[]>;
}
