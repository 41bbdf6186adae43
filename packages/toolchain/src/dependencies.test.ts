import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { inRoot, root } from './repository.ts';

type Manifest = Partial<Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Readonly<Record<string, string>>>>;
type Lock = { readonly packages: Readonly<Record<string, Manifest>> };

const WORKSPACES = ['package.json', 'gateway/package.json', ...globSync('{subgraphs,packages,examples}/*/package.json', { cwd: root })];

function declared() {
  return WORKSPACES.flatMap((path) => {
    const manifest = readJson(path) as Manifest;
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    const by = path === 'package.json' ? 'root' : basename(dirname(path));
    return Object.entries(all)
      .filter(([name]) => !name.startsWith('@tally/'))
      .map(([name, version]) => ({ name, version, by }));
  });
}

test('docs/dependencies.md gives every direct dependency, who declares it and a reason', () => {
  const text = readFileSync(inRoot('docs', 'dependencies.md'), 'utf8');
  const rows = text.matchAll(/^- `(?<name>[^`]+)` \((?<by>[^)]+)\): \S/gm);
  const documented = [...rows].flatMap(({ groups: { name = '', by = '' } = {} }) =>
    by.split(', ').map((workspace) => `${name} in ${workspace}`),
  );

  expect(documented.sort()).toEqual(
    declared()
      .map(({ name, by }) => `${name} in ${by}`)
      .sort(),
  );
});

test('a package has one exact version in all workspaces', () => {
  const versions = Map.groupBy(declared(), ({ name }) => name);

  for (const [name, uses] of versions) {
    expect([name, new Set(uses.map(({ version }) => version)).size]).toEqual([name, 1]);
    expect(uses[0]?.version).toMatch(/^(npm:\S+@)?\d/);
  }
});

test('the lock file was written for these package.json files, or npm ci stops', () => {
  const { packages } = readJson('package-lock.json') as Lock;

  for (const path of WORKSPACES) {
    const folder = path === 'package.json' ? '' : dirname(path);
    const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = readJson(path) as Manifest;
    const locked = packages[folder];
    expect(Object.keys(packages)).toContain(folder);
    expect([path, locked?.dependencies ?? {}]).toEqual([path, dependencies]);
    expect([path, locked?.devDependencies ?? {}]).toEqual([path, devDependencies]);
    expect([path, locked?.optionalDependencies ?? {}]).toEqual([path, optionalDependencies]);
  }
});

test.each(['graphql', '@apollo/federation-internals'])('%s is installed once', (name) => {
  const { packages } = readJson('package-lock.json') as Lock;
  expect(Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`))).toEqual([`node_modules/${name}`]);
});

test.each(WORKSPACES.slice(1))('%s declares the workspaces its source imports', (path) => {
  const manifest = readJson(path) as Manifest;
  const sources = globSync('src/**/*.ts', { cwd: inRoot(dirname(path)) }).filter((file) => !/\.(test|contract)\.ts$/.test(file));
  const imported = sources.flatMap((file) =>
    [...readFileSync(inRoot(dirname(path), file), 'utf8').matchAll(/ from '(?<name>@tally\/[\w-]+)'/g)].map(
      ({ groups }) => groups?.['name'] ?? '',
    ),
  );

  const undeclared = imported.filter((name) => !(name in { ...manifest.dependencies, ...manifest.devDependencies }));
  expect([...new Set(undeclared)]).toEqual([]);
});

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(inRoot(path), 'utf8'));
}
