import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey } from '@tally/identity';
import { expect } from 'vitest';
import { runMain, type MainFile } from '../src/topologies/app-process.ts';

/** Part of every password in these tests: nobody may say it. */
export const secret = 'hunter2';

/** Starts an app that must not start. @returns the one line it says. */
export async function refusal(main: MainFile, environment: Readonly<Record<string, string>>): Promise<string> {
  const app = runMain('app', main, { METRICS_PORT: '0', PORT: '0', SIMULATOR_PORT: '0', ...environment });
  const { code, stderr, stdout } = await app.ended;
  expect({ code, stderr }, stdout).toEqual({ code: 1, stderr: expect.stringMatching(/^[^\n]+\n$/) as string });
  expect(stderr).not.toMatch(/ {4}at |node:internal/);
  expect(`${stdout}${stderr}`).not.toContain(secret);
  return stderr.trim();
}

/** A folder that is deleted with its test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tally-start-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A file with the public key of some gateway. */
export async function keySetIn(folder: string): Promise<string> {
  const file = join(folder, 'gateway-jwks.json');
  await writeFile(file, JSON.stringify({ keys: [(await generateSigningKey()).publicJwk] }));
  return file;
}
