export {
  createMemoryDatabase,
  type CommitFate,
  type MemoryDatabase,
  type Session,
  type SessionOptions,
} from './database/memory-database.ts';
export { MemoryDatabaseError } from './database/errors.ts';
export { defineTable, type Table, type TableShape } from './database/table.ts';
export type { Transaction } from './database/transaction.ts';
export type { SimulatedApp, SimulatedConsumer, SimulatedProcess } from './simulated-app.ts';
