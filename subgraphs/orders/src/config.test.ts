import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ordersStandards, readOrdersConfig } from './config.ts';
import { standardDeadlines } from './domain/saga.ts';

const example = Object.fromEntries(
  readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z_]+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

function withKeys<T>(work: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'tally-orders-'));
  try {
    writeFileSync(
      join(folder, 'jwks.json'),
      JSON.stringify({ keys: [{ kid: 'a', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }),
    );
    return work(join(folder, 'jwks.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('.env.example is a configuration, and its values are the standards', () => {
  const config = withKeys((file) => readOrdersConfig({ ...example, GATEWAY_JWKS_FILE: file }));
  expect(config).toMatchObject({
    ...ordersStandards,
    http: { port: 4002, host: '127.0.0.1' },
    metricsPort: 9402,
    roles: ['api', 'worker'],
  });
  expect(ordersStandards.deadlines).toEqual(standardDeadlines);
});

test('every setting that is wrong is named at once', () => {
  const read = () =>
    withKeys((file) =>
      readOrdersConfig({ ...example, GATEWAY_JWKS_FILE: file, ORDERS_DATABASE_URL: '', SHOP_CURRENCY: 'euro', SWEEP_SECONDS: '-1' }),
    );
  expect(read).toThrow(/ORDERS_DATABASE_URL is missing.*SHOP_CURRENCY is not valid.*SWEEP_SECONDS is not valid/);
});

test('the README names every setting', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of Object.keys(example)) expect(readme).toContain(`\`${name}\``);
});
