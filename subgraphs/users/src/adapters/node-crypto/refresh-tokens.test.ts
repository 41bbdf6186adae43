import { expect, test } from 'vitest';
import { refreshTokens } from './refresh-tokens.ts';

test('a token is 256 random bits, and its hash says nothing about it', () => {
  const made = Array.from({ length: 100 }, () => refreshTokens.make());

  for (const { token, hash } of made) {
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(hash).toHaveLength(32);
    expect(refreshTokens.hashOf(token)).toEqual(hash);
    expect(Buffer.from(hash).toString('base64url')).not.toBe(token);
  }
  expect(new Set(made.map(({ token }) => token)).size).toBe(100);
});
