export { cloneDatabase, type ClonedDatabase } from './clone-database.ts';
export type { Template, TestCluster } from './cluster.ts';
export { eventually } from './eventually.ts';
export { startFaultProxy, type FaultProxy } from './fault-proxy.ts';
export { freshEmail, freshKey } from './fresh-key.ts';
export { infra, readInfra, type TestInfra } from './infra.ts';
export { openSql, type Row, type Sql } from './sql.ts';
export { nodeStubsOf, nodeTypesOf, schemaFaults } from './schema-checks.ts';
