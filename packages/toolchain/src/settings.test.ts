import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inRoot, root } from './repository.ts';

const read = (path: string) => readFileSync(inRoot(path), 'utf8');

/** Names of the variables that a configuration schema has as keys, its own and those of the groups of settings that it names. */
const ownVariablesOf = (text: string) => [...text.matchAll(/^\s+([A-Z][A-Z_]{3,}):/gm)].map(([, name = '']) => name);
const groups = new Map(
  globSync('packages/*/src/*.ts', { cwd: root }).flatMap((path) =>
    [...read(path).matchAll(/^export const (\w+Settings) = /gm)].map(([, name = '']) => [name, ownVariablesOf(read(path))] as const),
  ),
);
const variablesOf = (path: string) => {
  const text = read(path);
  return [...ownVariablesOf(text), ...[...groups].flatMap(([name, variables]) => (text.includes(name) ? variables : []))];
};

const subgraphSettings = variablesOf('packages/subgraph-kit/src/subgraph-config.ts');
const apps = globSync('{gateway,subgraphs/*,packages/!(infra)}/src/config.ts', { cwd: root }).map((path) => {
  const folder = dirname(dirname(path));
  const name = /^subgraphs\/(.+)$/.exec(folder)?.[1];
  const inherited = name === undefined ? [] : [...subgraphSettings, `${name.toUpperCase()}_DATABASE_URL`];
  return { folder, variables: [...new Set([...variablesOf(path), ...inherited])] };
});

// Read by `runApp` for every app, and one per subgraph whose name is in the variable.
const OUTSIDE_THE_SCHEMAS = ['LOG_LEVEL', 'CRASH_POINT', 'SUBGRAPH_URL_'];

test('docs/operations.md lists every setting of every app, and no other', () => {
  const [, table = ''] = read('docs/operations.md').split('\n## Settings\n');
  const rows =
    table
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| `')) ?? [];
  const documented = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/[A-Z][A-Z_]{3,}/g)].map(([name]) => name));

  const known = [...apps.flatMap(({ variables }) => variables), ...OUTSIDE_THE_SCHEMAS];
  expect(new Set(documented.filter((name) => name !== 'NAME'))).toEqual(new Set(known));
});

test.each(apps)('.env.example of $folder names no setting that does not exist', ({ folder, variables }) => {
  const file = folder === 'packages/embedded' ? '.env.example' : join(folder, '.env.example');
  const named = [...read(file).matchAll(/^#? ?([A-Z][A-Z_]{3,})=/gm)].map(([, name = '']) => name);
  const unknown = named.filter((name) => ![...variables, 'LOG_LEVEL'].includes(name) && !name.startsWith('SUBGRAPH_URL_'));
  expect(named).not.toEqual([]);
  expect(unknown).toEqual([]);
});
