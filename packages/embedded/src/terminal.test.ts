import { expect, test } from 'vitest';
import { createProgress, readyText, type Account } from './terminal.ts';

const platform = { url: 'http://127.0.0.1:4000', simulatorUrl: 'http://127.0.0.1:4010', metricsUrl: null };
const accounts: readonly Account[] = [{ role: 'CUSTOMER', email: 'ada@example.com', password: 'a password' }];

function printedBy(isTerminal: boolean): string {
  let printed = '';
  const progress = createProgress((text) => (printed += text), isTerminal);
  for (const step of ['PostgreSQL', 'apps']) progress.step(step);
  progress.done();
  return printed;
}

test('in a terminal a step replaces the one before, and whatever comes next is written over it', () => {
  expect(printedBy(true)).toBe('\u001b[2K  PostgreSQL …\r\u001b[2K  apps …\r\u001b[2K');
});

test('elsewhere each step is a line', () => {
  expect(printedBy(false)).toBe('  PostgreSQL\n  apps\n');
});

test('the first line of a platform that is up is the one that scripts wait for', () => {
  const [first] = readyText(platform, { seconds: 2.345, accounts }).split('\n');
  expect(first).toBe('ready  http://127.0.0.1:4000/graphql  (2.3 s)');
});

test('without accounts, as in production, nothing is said of passwords', () => {
  expect(readyText(platform, { seconds: 1, accounts })).toContain('ada@example.com');
  expect(readyText(platform, { seconds: 1, accounts: [] })).not.toMatch(/password|@/);
});
