import { createHash, randomBytes } from 'node:crypto';
import type { RefreshTokens } from '../../ports/refresh-tokens.ts';

const hashOf: RefreshTokens['hashOf'] = (text) => createHash('sha256').update(text).digest();

/** SHA-256 without salt or stretching is enough: the secrets are 256 random bits, which nobody guesses. */
export const refreshTokens: RefreshTokens = {
  make() {
    const token = randomBytes(32).toString('base64url');
    return { token, hash: hashOf(token) };
  },
  hashOf,
};
