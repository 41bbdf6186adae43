import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Absolute path of something in the repository. */
export function inRoot(...parts: string[]): string {
  return join(root, ...parts);
}

/** Names of the subgraphs, which are the folders of `subgraphs/`, in alphabetical order. */
export function subgraphNames(): string[] {
  return readdirSync(inRoot('subgraphs'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(inRoot('subgraphs', entry.name, 'package.json')))
    .map((entry) => entry.name)
    .sort();
}

/** A PostgreSQL schema with migrations of its own; `folder` holds `schema.prisma`, `prisma.config.ts`, `migrations/`. */
export type DatabaseSchema = { readonly name: string; readonly folder: string };

/** All of them: one per folder of `prisma/`, and those that packages bring along. */
export function databaseSchemas(): DatabaseSchema[] {
  const ofSubgraphs = readdirSync(inRoot('prisma'))
    .filter((name) => existsSync(inRoot('prisma', name, 'prisma.config.ts')))
    .sort()
    .map((name) => ({ name, folder: `prisma/${name}` }));
  return [
    ...ofSubgraphs,
    { name: 'event_log', folder: 'packages/messaging/prisma' },
    { name: 'simulator', folder: 'packages/payment-simulator/prisma' },
  ];
}
