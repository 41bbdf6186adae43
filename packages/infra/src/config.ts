import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What of this machine decides which programs are found, and where fetched ones are kept. */
export interface Machine {
  /** Folders searched for programs, as `PATH` has them. */
  readonly path: string;
  /** Of a Java that goes before the one on the path; null where `JAVA_HOME` is not set. */
  readonly javaHome: string | null;
  /** Folder of what was fetched for tests: `.infra` of the repository. */
  readonly store: string;
}

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** The machine that an environment describes; by default the one this process runs on. */
export function readMachine(environment: Readonly<Record<string, string | undefined>> = process.env): Machine {
  return { path: environment['PATH'] ?? '', javaHome: environment['JAVA_HOME'] || null, store: join(REPOSITORY, '.infra') };
}
