import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readLock } from '../../images/lock.ts';
import { inRoot, root } from '../../repository.ts';
import { parseDockerIgnore } from './docker-ignore.ts';
import { dockerfileFindings } from './dockerfile-rules.ts';
import { parseDockerfile } from './dockerfile.ts';

const dockerfile = readFileSync(inRoot('Dockerfile'), 'utf8');
const dockerIgnore = readFileSync(inRoot('.dockerignore'), 'utf8');
const FILES = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  ...globSync('{gateway,subgraphs,packages,prisma}/**/package.json', { cwd: root, exclude: ['**/node_modules'] }),
];

function findingsOf(text: string, ignore = dockerIgnore) {
  const ignored = parseDockerIgnore(ignore);
  return dockerfileFindings(parseDockerfile(text), { files: FILES.filter((file) => !ignored(file)), targets: ['migrate', 'app'] });
}

test('the Dockerfile keeps every rule', () => {
  expect(findingsOf(dockerfile)).toEqual([]);
});

/** One slip each, in the file as it is: the rule that must tell of it, what is there, and what stands there instead. */
const slips: readonly [rule: string, from: string | RegExp, to: string][] = [
  ['pinned-base', 'node:24.21.0-bookworm-slim\n', 'node:latest\n'],
  ['pinned-base', 'node:24.21.0-bookworm-slim\n', 'node:24-bookworm-slim\n'],
  ['pinned-base', 'FROM runtime AS app', 'FROM node AS app'],
  ['non-root', /USER 10001:10001\n(?=HEALTHCHECK)/, ''],
  ['non-root', /USER 10001:10001\n(?=HEALTHCHECK)/, 'USER 0:0\n'],
  ['non-root', /USER 10001:10001\n(?=HEALTHCHECK)/, 'USER tally\n'],
  ['exec-form', 'CMD ["node", "--disable-warning=TimeoutNegativeWarning", "src/main.ts"]', 'CMD node src/main.ts'],
  [
    'exec-form',
    'CMD ["node", "packages/embedded/src/db-migrate.ts", "--all"]',
    'CMD ["sh", "-c", "node packages/embedded/src/db-migrate.ts --all"]',
  ],
  ['exec-form', '"src/main.ts"', '"${APP}/src/main.ts"'],
  ['exec-form', 'CMD ["node", "/app/healthcheck.ts"]', 'CMD node /app/healthcheck.ts'],
  ['no-secrets', 'ARG COMMIT=unknown', 'ARG COMMIT=unknown\nARG NPM_TOKEN'],
  ['no-secrets', 'NODE_ENV=production', 'NODE_ENV=production DATABASE_PASSWORD=x'],
  ['copy-sources', 'COPY --from=app-files', 'COPY --from=files'],
  ['copy-sources', 'COPY --from=manifests /manifests ./', 'COPY package.json lock.json ./'],
  ['copy-sources', 'COPY --from=manifests /manifests ./', 'COPY docker ./'],
  ['declared-args', /ARG APP\n(?=COPY)/, ''],
  ['declared-args', /ARG APP\n(?=RUN)/, ''],
  ['declared-args', 'ARG NODE_IMAGE=node', 'ARG NODE=node'],
  ['no-build-tools', 'FROM runtime AS app', 'FROM built AS app'],
  ['no-build-tools', 'WORKDIR /app\n', 'WORKDIR /app\nRUN apt-get update && apt-get install -y curl\n'],
  ['labels', /org\.opencontainers\.image\.revision=/g, 'revision='],
  ['last-stage', /HEALTHCHECK .*\n/, ''],
];

test.each(slips)('%s is found in slip %#', (rule, from, to) => {
  const broken = dockerfile.replace(from, to);
  expect(broken).not.toBe(dockerfile);

  expect(findingsOf(broken).map((finding) => finding.rule)).toContain(rule);
});

test('a build sees sources, and nothing that is secret, installed or made here', () => {
  const ignored = parseDockerIgnore(dockerIgnore);
  const workspaces = Object.entries(readLock()).filter(
    ([path, entry]) => path !== '' && !path.includes('node_modules/') && entry.link !== true,
  );

  const wanted = [
    'package.json',
    'package-lock.json',
    '.npmrc',
    'prisma/orders/schema.prisma',
    'prisma/schema-engine.ts',
    'gateway/supergraph.graphql',
  ];
  for (const path of [...wanted, ...workspaces.map(([folder]) => `${folder}/package.json`), 'subgraphs/orders/src/main.ts']) {
    expect([path, ignored(path)]).toEqual([path, false]);
  }
  for (const path of [
    '.git/config',
    '.secrets/database-url',
    '.env',
    '.data/secrets.json',
    'gateway/.env',
    'packages/x/.env.local',
    '.infra/kafka',
    'k8s/x',
  ]) {
    expect([path, ignored(path)]).toEqual([path, true]);
  }
  for (const path of ['node_modules/pg/package.json', 'gateway/node_modules/x/y.js', 'subgraphs/orders/src/generated/prisma/client.ts']) {
    expect([path, ignored(path)]).toEqual([path, true]);
  }
  expect(ignored('subgraphs/orders/src/app.test.ts')).toBe(true);
});

test('the last pattern that matches a path or a folder above it decides', () => {
  const ignored = parseDockerIgnore('*\n!src\n**/*.log\n!keep.log\nsrc/a?c\n');

  expect(['src/x.ts', 'src/deep/x.ts', 'keep.log'].filter(ignored)).toEqual([]);
  expect(['other/x.ts', 'src/deep/x.log', 'src/abc', 'src/abc/x.ts'].filter((path) => !ignored(path))).toEqual([]);
});
