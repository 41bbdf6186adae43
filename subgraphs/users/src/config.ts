import { parseSigningKey, type JWK, type SigningKey } from '@tally/identity';
import { fileText, StartupError, type Environment } from '@tally/runtime';
import { readJsonFile, readSubgraphConfig, type SubgraphConfig } from '@tally/subgraph-kit';
import { z } from 'zod';

export interface UsersConfig extends SubgraphConfig {
  /** Signs access tokens. */
  readonly signingKey: SigningKey;
  /** Public keys that are published besides: the next one before it signs, the last one until its tokens have ended. */
  readonly furtherKeys?: readonly JWK[];
  /** Secret part of every password hash; 16 characters or more. */
  readonly pepper: string;
}

const shortestPepper = 16;

/** @throws {StartupError} names every setting that is missing or wrong. */
export function readUsersConfig(environment: Environment): UsersConfig {
  const { base, own } = readSubgraphConfig('users', { port: 4004, metricsPort: 9404 }, environment, {
    USERS_SIGNING_KEY_FILE: z.string(),
    USERS_FURTHER_JWKS_FILE: z.string().optional(),
    USERS_PEPPER_FILE: z.string(),
  });
  return {
    ...base,
    signingKey: readSigningKey(own.USERS_SIGNING_KEY_FILE),
    furtherKeys:
      own.USERS_FURTHER_JWKS_FILE === undefined
        ? []
        : readJsonFile<{ keys: JWK[] }>('USERS_FURTHER_JWKS_FILE', own.USERS_FURTHER_JWKS_FILE).keys,
    pepper: readPepper(own.USERS_PEPPER_FILE),
  };
}

function readSigningKey(path: string): SigningKey {
  try {
    return parseSigningKey(readJsonFile<unknown>('USERS_SIGNING_KEY_FILE', path));
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError('USERS_SIGNING_KEY_FILE: the file it names holds no Ed25519 signing key ({ kid, privateJwk, publicJwk }).', {
      cause,
    });
  }
}

function readPepper(path: string): string {
  const pepper = fileText('USERS_PEPPER_FILE', path);
  if (pepper.length < shortestPepper) {
    throw new StartupError(
      `USERS_PEPPER_FILE: the file it names holds fewer than ${String(shortestPepper)} characters: put 32 random bytes there, as text.`,
    );
  }
  return pepper;
}
