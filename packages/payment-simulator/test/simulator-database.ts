import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import pg from 'pg';

export async function openSimulatorDatabase(): Promise<AsyncDisposable & { url: string }> {
  const base = 'postgresql://postgres@127.0.0.1:55439/';
  const name = `s_${randomUUID().replaceAll('-', '')}`;
  const admin = new pg.Client(base + 'postgres');
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const c = new pg.Client({ connectionString: base + name, options: '-c search_path=simulator' });
  await c.connect();
  await c.query('CREATE SCHEMA simulator');
  await c.query(readFileSync(new URL('../prisma/migrations/20261121000000_init/migration.sql', import.meta.url), 'utf8'));
  await c.end();
  return {
    url: base + name,
    async [Symbol.asyncDispose]() {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
