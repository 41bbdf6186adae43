import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPaymentsConfig, standardWork } from './config.ts';

/** The example as a shell would read it, with a key set that exists. */
function example(): Record<string, string> {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const pairs = text.split('\n').flatMap((line) => (/^[A-Z]/.test(line) ? [line.split(/=(.*)/s, 2) as [string, string]] : []));
  const file = join(mkdtempSync(join(tmpdir(), 'tally-payments-')), 'gateway-jwks.json');
  writeFileSync(
    file,
    JSON.stringify({ keys: [{ kid: 'a', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }),
  );
  return { ...Object.fromEntries(pairs), GATEWAY_JWKS_FILE: file };
}

test('the example is a valid configuration', () => {
  const config = readPaymentsConfig(example());
  expect(config).toMatchObject({
    http: { port: 4003 },
    metricsPort: 9403,
    simulatorUrl: 'http://127.0.0.1:4010',
    roles: ['api', 'worker'],
  });
  expect(config.work).toEqual(standardWork);
});

test('the settle window is twice the timeout, whatever that is', () => {
  expect(readPaymentsConfig({ ...example(), PAYMENT_TIMEOUT_MS: '700' }).work).toMatchObject({ requestTimeoutMs: 700, settleMs: 1_400 });
});

test('a doubt is enquired after 2 s, 10 s, 30 s, 2 min, 10 min, then hourly; a claim holds 30 s', () => {
  expect(standardWork.enquiryMs).toEqual([2, 10, 30, 120, 600, 3_600].map((seconds) => seconds * 1_000));
  expect(standardWork.leaseMs).toBe(30_000);
});

test('no call is made under a key that the provider may have forgotten', () => {
  // Providers remember keys for a day. Authorisations are given up long before, by orders; what was voided twice is voided once.
  expect(standardWork.giveUpMs).toBeLessThanOrEqual(24 * 3_600_000);
});

test('everything that is missing or wrong is said in one line', () => {
  expect(() =>
    readPaymentsConfig({ ...example(), PAYMENT_SIMULATOR_URL: 'ftp://x', PAYMENTS_DATABASE_URL: '', PAYMENT_CONCURRENCY: '0' }),
  ).toThrow(/^(?=.*PAYMENT_SIMULATOR_URL)(?=.*PAYMENTS_DATABASE_URL)(?=.*PAYMENT_CONCURRENCY)[^\n]*$/);
});
