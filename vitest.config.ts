import { defineConfig } from 'vitest/config';

// The suffix of a test is its tier; each tier is a project. `npm test` runs all but `crash`.
const TIERS = ['int', 'e2e', 'crash'];
const NOT_TESTS = ['**/node_modules/**', '**/fixtures/**', '**/generated/**'];

// One PostgreSQL cluster per run, started only when a test of the tier runs; tests clone their databases in it.
const globalSetup = new URL('packages/testkit/src/global-setup.ts', import.meta.url).pathname;

// Whole systems, of up to twenty processes: one at a time, and beside nothing else.
const ALONE = { fileParallelism: false, sequence: { groupOrder: 1 } };

function tier(name: string, timeoutMs: number, more: typeof ALONE | object = {}) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`**/*.${name}.test.ts`],
      exclude: NOT_TESTS,
      globalSetup,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      ...more,
    },
  };
}

// Our sources and Apollo's packages must meet in one copy of graphql: Vite would give ours the ES build, Node gives Apollo the CommonJS one.
const graphql = new URL('node_modules/graphql/index.js', import.meta.url).pathname;

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    maxWorkers: 2,
    // kafkajs sets timers in the past.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    passWithNoTests: false,
    env: { APOLLO_TELEMETRY_DISABLED: 'true', CHECKPOINT_DISABLE: '1', TURBO_TELEMETRY_DISABLED: '1' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...NOT_TESTS, ...TIERS.map((suffix) => `**/*.${suffix}.test.ts`)],
          testTimeout: 10_000,
        },
      },
      tier('int', 90_000),
      tier('e2e', 120_000, ALONE),
      tier('crash', 600_000),
    ],
    coverage: {
      provider: 'v8',
      // What ships. Entry points only read the environment, and run in processes of their own.
      include: ['gateway/src/**/*.ts', 'subgraphs/*/src/**/*.ts', 'packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/generated/**', '**/main.ts', 'packages/{toolchain,testkit,e2e,infra}/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 70, 'subgraphs/*/src/domain/**': { lines: 90 } },
    },
  },
});
