export { decodeCursor, encodeCursor, type CursorPart } from './cursor.ts';
export { badInput, forbidden, notFound, sequenceAhead, unauthenticated } from './errors.ts';
export { idempotencyOn, IdempotencyInProgressError, parseIdempotencyKey, type Idempotency, type RecordedResult } from './idempotency.ts';
export { batchLoader, type BatchLoader } from './loaders.ts';
export { presentMoney, scalarResolvers, type PresentedMoney } from './scalars.ts';
export { prismaAdapter, sqlOf, type PrismaConnection, type RawClient } from './prisma.ts';
export type { ReadinessSources } from './readiness.ts';
export {
  startSubgraph,
  type Subgraph,
  type SubgraphCall,
  type SubgraphOptions,
  type SubgraphRequest,
  type SubgraphResponse,
} from './start-subgraph.ts';
export {
  createTroubleDesk,
  interventionActor,
  troubleReadScope,
  troubleWriteScope,
  type RedriveRefusal,
  type RedriveWish,
  type TroubleDesk,
} from './trouble/desk.ts';
export {
  checkFirst,
  interventionConnection,
  noReason,
  parkedConnection,
  redrivePayload,
  toConnection,
  type PageArguments,
} from './trouble/pages.ts';
export { parseReason } from './trouble/reason.ts';
export { createTransact, type Transact, type TransactionalClient, type TransactOptions, type Unit } from './transact.ts';
export { hasScope, requireScope, requireUser, type UserViewer, type Viewer } from './viewer.ts';
export { readJsonFile, readSubgraphConfig, type SubgraphConfig, type SubgraphRole } from './subgraph-config.ts';
export { allTopics, databaseState, openSubgraphParts, type SubgraphOverrides, type SubgraphParts } from './subgraph-parts.ts';
export { startWorkerHealth, type WorkerHealth } from './worker-health.ts';
