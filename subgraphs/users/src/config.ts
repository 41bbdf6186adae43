import type { SigningKey } from '@tally/identity';
import { fileText, type Environment } from '@tally/runtime';
import { readJsonFile, readSubgraphConfig, type SubgraphConfig } from '@tally/subgraph-kit';
import { z } from 'zod';

export interface UsersConfig extends SubgraphConfig {
  /** Signs access tokens. */
  readonly signingKey: SigningKey;
  /** Secret part of every password hash. */
  readonly pepper: string;
}

/** @throws {StartupError} names every setting that is missing or wrong. */
export function readUsersConfig(environment: Environment): UsersConfig {
  const { base, own } = readSubgraphConfig('users', { port: 4004, metricsPort: 9404 }, environment, {
    USERS_SIGNING_KEY_FILE: z.string(),
    USERS_PEPPER_FILE: z.string(),
  });
  return {
    ...base,
    signingKey: readJsonFile<SigningKey>('USERS_SIGNING_KEY_FILE', own.USERS_SIGNING_KEY_FILE),
    pepper: fileText('USERS_PEPPER_FILE', own.USERS_PEPPER_FILE),
  };
}
