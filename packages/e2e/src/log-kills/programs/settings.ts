import type { EventLogAddress } from '@tally/messaging';

/** What a program is told by its variable `SETTINGS`, as JSON. */
export interface WriterSettings {
  /** As the app role of the writer's schema. */
  readonly databaseUrl: string;
  /** Committed events after which it is done, those of earlier lives included. */
  readonly events: number;
  /** Events per second that it aims at. */
  readonly rate: number;
  readonly seed: number;
}

export interface RelaySettings {
  /** As the app role of the writer's schema. */
  readonly databaseUrl: string;
  readonly log: EventLogAddress;
}

export interface MemberSettings {
  /** As the app role of the members' schema. */
  readonly databaseUrl: string;
  readonly log: EventLogAddress;
}

/** The settings in an environment. Both sides are of this folder: they are not checked. */
export function settingsOf<Settings>(environment: Readonly<Record<string, string | undefined>>): Settings {
  return JSON.parse(environment['SETTINGS'] ?? '{}') as Settings;
}

/** In the log of a program: from now on it does its part. */
export const atWork = 'at work';
