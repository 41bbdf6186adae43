import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';
import { root } from './repository.ts';

// Files that do not exist have no types; the rules about words need none.
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });

async function reported(filePath: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

test.each([
  ['the environment outside main.ts', 'subgraphs/orders/src/app.ts', "export const url = process.env['URL'];", 'no-restricted-properties'],
  ['the clock in the domain', 'subgraphs/orders/src/domain/order.ts', 'export const now = () => Date.now();', 'no-restricted-syntax'],
  ['today in the domain', 'subgraphs/orders/src/domain/order.ts', 'export const now = () => new Date();', 'no-restricted-syntax'],
  ['chance in the domain', 'subgraphs/orders/src/domain/order.ts', 'export const pick = () => Math.random();', 'no-restricted-syntax'],
  [
    'text as a query',
    'subgraphs/orders/src/adapters/prisma/rows.ts',
    "export const rows = (db) => db.$queryRawUnsafe('');",
    'no-restricted-syntax',
  ],
  [
    'text as a command',
    'subgraphs/orders/src/adapters/prisma/rows.ts',
    "export const rows = (db) => db.$executeRawUnsafe('');",
    'no-restricted-syntax',
  ],
  ['a console in source', 'gateway/src/app.ts', "console.log('here');", 'no-console'],
  ['an async generator in subscriptions', 'gateway/src/subscriptions/stream.ts', 'export async function* all() {}', 'no-restricted-syntax'],
  ['a default export', 'gateway/src/app.ts', 'export default 1;', 'no-restricted-syntax'],
  ['a mocked module', 'gateway/src/app.test.ts', "vi.mock('./x.ts');", 'no-restricted-syntax'],
  ['any', 'gateway/src/app.ts', 'export const x = (y: any) => y;', '@typescript-eslint/no-explicit-any'],
])('%s is reported', async (_, filePath, text, rule) => {
  expect(await reported(filePath, text)).toContain(rule);
});

test.each([
  ['the environment in main.ts', 'subgraphs/orders/src/main.ts', "export const url = process.env['URL'];"],
  ['a date that was handed in', 'subgraphs/orders/src/domain/order.ts', 'export const at = (text: string) => new Date(text);'],
  ['text as a query in the kit', 'packages/subgraph-kit/src/sql.ts', "export const rows = (db) => db.$queryRawUnsafe('');"],
  ['a default export of a configuration', 'prisma/orders/prisma.config.ts', 'export default 1;'],
  ['a console in a program', 'packages/toolchain/src/schema-compose.ts', "console.log('here');"],
])('%s is allowed', async (_, filePath, text) => {
  expect(await reported(filePath, text)).toEqual([]);
});

test('a comment cannot switch a rule off', async () => {
  const text = "// eslint-disable-next-line no-console\nconsole.log('here');";
  expect(await reported('gateway/src/app.ts', text)).toContain('no-console');
});
