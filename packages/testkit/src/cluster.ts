import type { DatabaseUrls } from '@tally/embedded';

/** Which template a database is cloned from: every migration applied and no rows, or the `ci` seed loaded on top. */
export type Template = 'migrated' | 'seeded';

/** What the global setup tells every test worker about the cluster of this run. Plain values: they cross a process border. */
export interface TestCluster {
  /** Of the superuser; database `postgres`. */
  readonly adminUrl: string;
  /** Of every role, with `PLACEHOLDER` where the database's name goes. */
  readonly urls: DatabaseUrls;
  /** Statements that each clone needs, with `PLACEHOLDER` as its name: rights on a database are not cloned with it. */
  readonly grants: readonly string[];
  /** Names of the template databases; `seeded` is absent while there is no seed. */
  readonly templates: Readonly<{ migrated: string; seeded?: string }>;
}

/** Stands for the name of a database in `TestCluster`. */
export const PLACEHOLDER = 'a_database';

declare module 'vitest' {
  interface ProvidedContext {
    readonly cluster: TestCluster;
  }
}
