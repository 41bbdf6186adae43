import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const models = text('packages/messaging/prisma/subgraph-tables.prisma');
const rest = text('packages/messaging/prisma/subgraph-tables.sql');
const migrations = ['20261121220000_interventions'] as const;

describe.each(['products', 'orders', 'payments', 'users', 'notifications'])('the tables that %s shares with the others', (subgraph) => {
  test('stand in its schema word for word, at its end', () => {
    expect(text(`prisma/${subgraph}/schema.prisma`).endsWith(models)).toBe(true);
  });
  test('come with what Prisma cannot say', () => {
    const first = text(`prisma/${subgraph}/migrations/20261121000000_init/migration.sql`);
    for (const statement of rest.split(';\n').map((part) => part.replaceAll(/^--.*\n/gm, '').trim())) expect(first).toContain(statement);
  });
  test.each(migrations)('are made by the same statements in %s', (migration) => {
    const made = (name: string): readonly string[] =>
      text(`prisma/${name}/migrations/${migration}/migration.sql`)
        .split(/^-- CreateTable\n/m)
        .slice(1)
        .map((statement) => statement.split(';')[0] ?? '');
    expect(made(subgraph)).toEqual(made('products'));
    expect(made(subgraph)).toHaveLength(2);
  });
});
