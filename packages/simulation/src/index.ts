export {
  createMemoryDatabase,
  type CommitFate,
  type MemoryDatabase,
  type Session,
  type SessionOptions,
} from './database/memory-database.ts';
export { MemoryDatabaseError } from './database/errors.ts';
export type { Timer, WaitPolicy } from './database/open-transaction.ts';
export { defineTable, type Table, type TableShape } from './database/table.ts';
export type { Transaction } from './database/transaction.ts';
export { idempotencyOn } from './messaging/idempotency.ts';
export { inboxOn } from './messaging/inbox.ts';
export { createMemoryTransact } from './messaging/memory-transact.ts';
export { outboxOn } from './messaging/outbox.ts';
export { idempotencyTable, inboxTable, outboxTable, type ClaimedKey, type SeenEvent, type StoredEvent } from './messaging/tables.ts';
export type { SimulatedApp, SimulatedConsumer, SimulatedProcess } from './simulated-app.ts';
export { createMemoryLog, type MemoryLog, type Partition } from './log/memory-log.ts';
export type { ParkedRecord } from './log/group.ts';
export { outboxRowsOn } from './relay/outbox-rows.ts';
export { runRelay } from './relay/run-relay.ts';
export { runApp } from './run-app.ts';
export { createFaults, noFaults, usualFaults, type Faults, type UsualFault } from './scheduler/faults.ts';
export type { MachineOptions } from './scheduler/machines.ts';
export type { Answer, RunningProcess } from './scheduler/running-process.ts';
export { createScheduler, type Machine, type Scheduler, type SchedulerOptions } from './scheduler/scheduler.ts';
export type { Trace } from './scheduler/trace.ts';
export type { Actor } from './scheduler/actor.ts';
export { HistoryStuckError } from './scheduler/turns.ts';
export { fullSchedule, smaller, type Schedule } from './shrink/schedule.ts';
export { shrink, type Shown, type Shrunk } from './shrink/shrink.ts';
export { standaloneProcess } from './standalone-process.ts';
