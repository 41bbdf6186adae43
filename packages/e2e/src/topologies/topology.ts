import type { PlatformConfig } from '@tally/embedded/app';

/** The whole system, running. Disposal stops it; in processes, every one of them must end with exit code 0. */
export interface Topology extends AsyncDisposable {
  /** Origins, as `openWorld` takes them. */
  readonly urls: { readonly gateway: string; readonly simulator: string };
  /** What it signs with: whoever holds them can make tokens of any user. */
  readonly keys: PlatformConfig['keys'];
  /** Lines of every log so far, for a test that failed. */
  readonly logs: () => string;
}

/** What a system needs of a database: URLs of its roles. */
export interface MigratedDatabase {
  readonly urls: PlatformConfig['urls'];
}
