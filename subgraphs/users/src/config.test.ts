import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { generateSigningKey, type SigningKey } from '@tally/identity';
import { StartupError } from '@tally/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readUsersConfig } from './config.ts';

const example = parseEnv(readFileSync(new URL('../.env.example', import.meta.url), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'tally-users-'));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const gatewayKey = { kid: 'a', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

let key: SigningKey;
let next: SigningKey;
let files: Readonly<Record<string, string>>;

beforeAll(async () => {
  [key, next] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  files = {
    GATEWAY_JWKS_FILE: file('gateway.json', JSON.stringify({ keys: [gatewayKey] })),
    USERS_SIGNING_KEY_FILE: file('key.json', JSON.stringify(key)),
    USERS_PEPPER_FILE: file('pepper', 'a pepper of more than enough\n'),
  };
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the example of the environment is one that works', () => {
  expect(readUsersConfig({ ...example, ...files })).toEqual({
    databaseUrl: 'postgresql://users:secret@127.0.0.1:5432/tally',
    poolSize: 10,
    http: { port: 4004, host: '127.0.0.1' },
    metricsPort: 9404,
    roles: ['api', 'worker'],
    gatewayKeys: [gatewayKey],
    log: { kind: 'postgres', databaseUrl: 'postgresql://event_log:secret@127.0.0.1:5432/tally' },
    wake: 'database',
    otlpEndpoint: null,
    signingKey: key,
    furtherKeys: [],
    pepper: 'a pepper of more than enough',
  });
});

test('the example names every file that must be there', () => {
  expect(Object.keys(example)).toEqual(expect.arrayContaining(Object.keys(files)));
});

test('during a rotation a second key is published', () => {
  const further = file('further.json', JSON.stringify({ keys: [next.publicJwk] }));
  expect(readUsersConfig({ ...example, ...files, USERS_FURTHER_JWKS_FILE: further }).furtherKeys).toEqual([next.publicJwk]);
});

test('what is missing or wrong is named all at once', () => {
  const read = () => readUsersConfig({ ...files, USERS_DATABASE_URL: 'mysql://x', PORT: '70000', USERS_PEPPER_FILE: '' });

  expect(read).toThrow(StartupError);
  expect(read).toThrow(
    /USERS_DATABASE_URL is not valid.*EVENT_LOG_DATABASE_URL is missing.*PORT is not valid.*USERS_PEPPER_FILE is missing/,
  );
});

test.each<[string, () => Record<string, string>, RegExp]>([
  ['a pepper that is short', () => ({ USERS_PEPPER_FILE: file('short', 'pepper') }), /^USERS_PEPPER_FILE: .* fewer than 16 characters/],
  ['a pepper file that is empty', () => ({ USERS_PEPPER_FILE: file('empty', '\n') }), /^USERS_PEPPER_FILE/],
  [
    'a public key alone',
    () => ({ USERS_SIGNING_KEY_FILE: file('public.json', JSON.stringify({ ...key, privateJwk: key.publicJwk })) }),
    /^USERS_SIGNING_KEY_FILE: .* no Ed25519 signing key/,
  ],
  [
    'a key file that is no JSON',
    () => ({ USERS_SIGNING_KEY_FILE: file('text', 'key') }),
    /^USERS_SIGNING_KEY_FILE: .* cannot be read as JSON/,
  ],
  ['a key file that is not there', () => ({ USERS_SIGNING_KEY_FILE: join(folder, 'nowhere') }), /^USERS_SIGNING_KEY_FILE/],
])('%s ends the start with one line', (_, wrong, message) => {
  const read = () => readUsersConfig({ ...example, ...files, ...wrong() });

  expect(read).toThrow(StartupError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(key.privateJwk.d);
});
