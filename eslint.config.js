// Types are checked by tsc, layout by Prettier, imports between rooms by dependency-cruiser. Here: promises nobody waits
// for, cases nobody handles, and words that belong to one place only.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const bannedEverywhere = [
  {
    selector: 'MemberExpression[property.name=/^\\$(query|execute)RawUnsafe$/]',
    message: 'Text becomes SQL here. Use $queryRaw and $executeRaw with a template; @tally/subgraph-kit holds the exceptions.',
  },
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Named exports only: one name per thing, everywhere.',
  },
  {
    selector: 'CallExpression[callee.object.name="vi"][callee.property.name=/^(mock|doMock)$/]',
    message: 'No mocks of modules: hand a real part or a memory adapter in.',
  },
];

const bannedInDomain = [
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'Time is an argument in the domain.' },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time is an argument in the domain.' },
  { selector: 'MemberExpression[object.name="performance"]', message: 'Time is an argument in the domain.' },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'Chance is an argument in the domain.' },
];

const bannedInSubscriptions = [
  {
    selector: ':function[async=true][generator=true]',
    message: 'An async generator cannot be cancelled while it waits: a closed socket would leak it. Use a plain AsyncIterator.',
  },
];

const without = (rules, text) => rules.filter(({ selector }) => !selector.includes(text));
const banned = (...rules) => ({ 'no-restricted-syntax': ['error', ...rules] });

const environment = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'main.ts reads the environment once and hands the configuration in.' },
  ],
  'no-restricted-imports': [
    'error',
    { paths: [{ name: 'node:process', message: 'Use the global `process`, so that the linter sees it.' }] },
  ],
};

export default defineConfig(
  { ignores: ['**/generated/', '**/fixtures/', 'examples/*/dist/', 'coverage/', '.artifacts/', '.data/', '.turbo/'] },
  {
    // An exception is a decision, and stands in this file.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }], // `== null` asks for null and undefined at once
      'no-console': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      ...environment,
      ...banned(...bannedEverywhere),

      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-check': false, 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true, ignoreUsingDeclarations: true },
      ],
      // A default is an answer for the rest; where every case is meant, it calls `unreachable`, which the compiler holds to `never`.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],

      // The strict set without what only argues about taste.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unnecessary-condition': 'off', // `while (!stopped)`: it does not see what changed during an await
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/unbound-method': 'off', // our objects are made of closures, without `this`
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off', // `.catch((error: NodeJS.ErrnoException) => …)`
      '@typescript-eslint/require-await': 'off', // an adapter keeps the signature of its port
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ['**/src/domain/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: banned(...bannedEverywhere, ...bannedInDomain),
  },
  {
    files: ['gateway/src/subscriptions/**/*.ts'],
    rules: banned(...bannedEverywhere, ...bannedInSubscriptions),
  },
  {
    files: ['packages/subgraph-kit/src/**/*.ts'],
    rules: banned(...without(bannedEverywhere, 'RawUnsafe')),
  },
  {
    // Where the environment may be read: entry points, and what only developers run.
    files: [
      '**/main.ts',
      '**/config.ts',
      'packages/embedded/src/{audit,job,reset,redrive,make-secrets,db-*}.ts',
      'prisma/**/*.ts',
      'vitest.config.ts',
      'packages/{toolchain,testkit,e2e}/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Programs for a terminal.
    files: ['packages/{toolchain,e2e}/src/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/*.contract.ts', 'packages/testkit/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Tools that demand a default export.
    files: ['**/*.config.{js,ts}', '**/prisma.config.ts', '.dependency-cruiser.mjs'],
    rules: banned(...without(bannedEverywhere, 'ExportDefault')),
  },
  {
    files: ['**/*.{js,mjs}'],
    ...tseslint.configs.disableTypeChecked,
  },
);
