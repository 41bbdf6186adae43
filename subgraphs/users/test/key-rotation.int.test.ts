import { accessAudience, accessIssuer, createVerifier, generateSigningKey, remoteKeys } from '@tally/identity';
import { createLogger } from '@tally/runtime';
import { expect, test } from 'vitest';
import { startUsers } from '../src/app.ts';
import { aUsersWorld, callerOf, payloadOf, refresh } from './world.ts';

test('rotating the signing key signs nobody out', async () => {
  const next = await generateSigningKey();
  await using world = await aUsersWorld({ furtherKeys: [next.publicJwk] });
  const ada = await world.person();
  const before = payloadOf(await world.ask(refresh, { token: ada.refreshToken }), 'sessionRefresh');

  // The next process on the same tables: it signs with the next key while the last one is still published.
  const config = {
    ...world.config,
    signingKey: next,
    furtherKeys: [world.config.signingKey.publicJwk],
    http: { port: 0, host: '127.0.0.1' },
  };
  await using rotated = await startUsers(config, { logger: createLogger({ service: 'test', level: 'silent' }) });
  const keys = remoteKeys(`${rotated.subgraph?.url ?? ''}/.well-known/jwks.json`);
  const verifier = createVerifier({ kind: 'access', issuer: accessIssuer, audience: accessAudience, keys });

  await expect(verifier.verify(before.accessToken ?? '')).resolves.toMatchObject({ userId: ada.id });
  expect((await world.users.jwks()).keys.map(({ kid }) => kid)).toEqual([world.config.signingKey.kid, next.kid]);
  const after = payloadOf(await world.ask(refresh, { token: before.refreshToken }), 'sessionRefresh');
  expect(callerOf(after.accessToken)).toEqual(ada.caller);
});
