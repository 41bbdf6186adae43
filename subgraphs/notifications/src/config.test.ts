import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { notificationsStandards, readNotificationsConfig } from './config.ts';

/** The example as a shell would read it, with a key set that exists. */
function example(): Record<string, string> {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const pairs = text
    .split('\n')
    .flatMap((line) => (/^[A-Z]/.test(line) ? [line.replaceAll('"', '').split(/=(.*)/s, 2) as [string, string]] : []));
  const file = join(mkdtempSync(join(tmpdir(), 'tally-notifications-')), 'gateway-jwks.json');
  writeFileSync(
    file,
    JSON.stringify({ keys: [{ kid: 'a', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }),
  );
  return { ...Object.fromEntries(pairs), GATEWAY_JWKS_FILE: file };
}

test('the example is a valid configuration, of the standard values', () => {
  const config = readNotificationsConfig(example());
  expect(config).toMatchObject({ ...notificationsStandards, http: { port: 4005 }, metricsPort: 9405, roles: ['api', 'worker'] });
});

test('what is left out has its standard value', () => {
  const { NOTIFICATIONS_DATABASE_URL, EVENT_LOG_DATABASE_URL, GATEWAY_JWKS_FILE } = example();
  const config = readNotificationsConfig({ NOTIFICATIONS_DATABASE_URL, EVENT_LOG_DATABASE_URL, GATEWAY_JWKS_FILE });
  expect(config).toEqual(readNotificationsConfig(example()));
});

test('mail server, sender, links and patience are taken as they are set', () => {
  const config = readNotificationsConfig({
    ...example(),
    SMTP_URL: 'smtps://user:pass@mail.example.com:465',
    MAIL_FROM: '"Blåbær, Oslo" <post@xn--blbr-roah.example>',
    SHOP_URL: 'https://shop.example/',
    MAIL_GIVE_UP_HOURS: '0.5',
    MAIL_CONCURRENCY: '10',
  });
  expect(config).toMatchObject({
    smtpUrl: 'smtps://user:pass@mail.example.com:465',
    mailFrom: { name: 'Blåbær, Oslo', address: 'post@xn--blbr-roah.example' },
    shopUrl: 'https://shop.example',
    delivery: { giveUpMs: 1_800_000, concurrency: 10 },
  });
});

test('a claim outlives two of the longest deliveries, since nobody renews it', () => {
  const { leaseMs, sendTimeoutMs } = notificationsStandards.delivery;
  expect(leaseMs).toBeGreaterThanOrEqual(2 * sendTimeoutMs);
});

test('everything that is missing or wrong is said in one line', () => {
  expect(() =>
    readNotificationsConfig({
      ...example(),
      SMTP_URL: 'http://x',
      MAIL_FROM: 'a@b, c@d',
      SHOP_URL: 'ftp://x',
      MAIL_CONCURRENCY: '0',
      NOTIFICATIONS_DATABASE_URL: '',
    }),
  ).toThrow(/^(?=.*SMTP_URL)(?=.*MAIL_FROM)(?=.*SHOP_URL)(?=.*MAIL_CONCURRENCY)(?=.*NOTIFICATIONS_DATABASE_URL)[^\n]*$/);
});
