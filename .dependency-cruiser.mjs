// Which room may import which. Paths are seen from the repository; `$1` ties both sides of a rule to one subgraph.
// packages/toolchain/fixtures/imports breaks each rule once, and a test asserts that every one of them is reported.

const SUBGRAPH = '^subgraphs/([^/]+)/src';
const WORKSPACE = '^(gateway|subgraphs/[^/]+|packages/[^/]+)/';
const DEV_PACKAGES = '^packages/(testkit|e2e|toolchain|infra|simulation)/';
const TESTS = ['\\.test\\.ts$', '\\.contract\\.ts$', '^(gateway|subgraphs/[^/]+|packages/[^/]+)/(test|bench|simulation)/'];

// A type is erased before anything runs: it tells what is needed without reaching for it.
const NOT_ONLY_A_TYPE = { dependencyTypesNot: ['type-only'] };
const TYPES_FOR_RULES = '^packages/(events|messaging|subgraph-kit)/';

/** A rule of the form: this room imports these, and nothing else. */
function only({ name, comment, from, may, mayTypesOf = [], typesNotFor = [] }) {
  const allowed = [...may, ...mayTypesOf];
  const room = { path: from, pathNot: TESTS };
  const rules = [{ name, comment, severity: 'error', from: room, to: { pathNot: allowed } }];
  if (mayTypesOf.length > 0) {
    rules.push({
      name: `${name}:types`,
      comment: `${comment} Of these it may know types alone.`,
      severity: 'error',
      from: { path: from, pathNot: [...TESTS, ...typesNotFor] },
      to: { path: mayTypesOf, pathNot: may, ...NOT_ONLY_A_TYPE },
    });
  }
  return rules;
}

/** A rule of the form: this room never imports these. */
function never({ name, comment, from, to, fromNot = [], ...rest }) {
  return { name, comment, severity: 'error', from: { path: from, pathNot: [...TESTS, ...fromNot] }, to: { path: to, ...rest } };
}

const subgraphRooms = [
  ...only({
    name: 'domain-is-pure',
    comment: 'Rules must not know how they are stored or called, nor reach for a clock, a disk or a library.',
    from: `${SUBGRAPH}/domain/`,
    may: ['^subgraphs/$1/src/domain/', '^packages/kernel/'],
    mayTypesOf: ['^packages/events/'],
    typesNotFor: ['/domain/messages\\.ts$'], // turns facts into events, which are pure as well
  }),
  ...only({
    name: 'ports-name-needs',
    comment: 'A port says what the use cases need from the world, in words of the domain.',
    from: `${SUBGRAPH}/ports/`,
    may: ['^subgraphs/$1/src/(domain|ports)/', '^packages/kernel/'],
    mayTypesOf: [TYPES_FOR_RULES],
  }),
  ...only({
    name: 'use-cases-orchestrate',
    comment: 'A use case leads the domain through ports; which technology stands behind them is decided in app.ts.',
    from: `${SUBGRAPH}/use-cases/`,
    may: ['^subgraphs/$1/src/(domain|ports|use-cases)/', '^subgraphs/$1/src/telemetry\\.ts$', '^packages/kernel/', '^(node:)?crypto$'],
    mayTypesOf: [TYPES_FOR_RULES],
  }),
  never({
    name: 'adapters-stay-outside',
    comment: 'An adapter implements ports. Calling a use case from here would turn the arrows around.',
    from: `${SUBGRAPH}/adapters/`,
    to: '^subgraphs/$1/src/(use-cases|graphql|consumers|jobs|app|main|config)(/|\\.ts$)',
  }),
  {
    name: 'adapters-do-not-meet',
    comment: 'One folder per technology, so that one can be replaced without reading the others.',
    severity: 'error',
    from: { path: `${SUBGRAPH}/adapters/([^/]+)/`, pathNot: TESTS },
    to: { path: '^subgraphs/$1/src/adapters/', pathNot: '^subgraphs/$1/src/adapters/$2/' },
  },
  never({
    name: 'edges-know-no-storage',
    comment: 'What comes in calls a use case; tables and clients are not for it.',
    from: `${SUBGRAPH}/(graphql|consumers|jobs)/`,
    to: ['^subgraphs/$1/src/(adapters|generated/prisma)/', 'node_modules/(@prisma/|pg/|ioredis/|kafkajs/)'],
  }),
  never({
    name: 'edges-call-no-port',
    comment: 'A store called from a resolver or a consumer is a use case that was not written; what it gives may be named.',
    from: `${SUBGRAPH}/(graphql|consumers|jobs)/`,
    to: '^subgraphs/$1/src/ports/',
    ...NOT_ONLY_A_TYPE,
  }),
  {
    name: 'edges-do-not-meet',
    comment: 'GraphQL, messages and the clock are three ways in; they meet in the use cases.',
    severity: 'error',
    from: { path: `${SUBGRAPH}/(graphql|consumers|jobs)/`, pathNot: TESTS },
    to: { path: '^subgraphs/$1/src/(graphql|consumers|jobs)/', pathNot: '^subgraphs/$1/src/$2/' },
  },
  never({
    name: 'prisma-stays-in-its-adapter',
    comment: 'Prisma types are the shape of tables, which nobody else may depend on.',
    from: `${SUBGRAPH}/`,
    fromNot: ['^subgraphs/[^/]+/src/adapters/prisma/', '^subgraphs/[^/]+/src/app\\.ts$', '/generated/'],
    to: '^subgraphs/$1/src/generated/prisma/',
  }),
  never({
    name: 'resolver-types-stay-in-graphql',
    comment: 'The shape of the graph is the contract with clients, not the model of the subgraph.',
    from: `${SUBGRAPH}/`,
    fromNot: ['^subgraphs/[^/]+/src/graphql/', '^subgraphs/[^/]+/src/app\\.ts$', '/generated/'],
    to: '^subgraphs/$1/src/generated/resolvers\\.ts$',
  }),
  ...only({
    name: 'telemetry-only-tells',
    comment:
      'One function per business event; it depends on the OpenTelemetry API, the trace context of records, and a logger somebody hands in.',
    from: `${SUBGRAPH}/telemetry\\.ts$`,
    may: ['node_modules/@opentelemetry/api/', '^packages/messaging/src/index\\.ts$'],
    mayTypesOf: ['^packages/(runtime|kernel)/', '^subgraphs/$1/src/domain/'],
  }),
  ...only({
    name: 'main-only-starts',
    comment: 'main.ts reads the environment, starts the app and waits for a signal.',
    from: `${SUBGRAPH}/main\\.ts$`,
    may: ['^subgraphs/$1/src/(app|config)\\.ts$', '^packages/runtime/'],
  }),
  never({
    name: 'app-is-the-top',
    comment: 'The only file that knows everything is known by nobody but the ways in from outside.',
    from: `${SUBGRAPH}/`,
    fromNot: ['/src/(main|index)\\.ts$'],
    to: '^subgraphs/$1/src/(app|main)\\.ts$',
  }),
  never({
    name: 'subgraphs-do-not-meet',
    comment: 'Subgraphs meet in the schema and in events.',
    from: '^subgraphs/([^/]+)/',
    to: ['^gateway/', '^subgraphs/', '^packages/(embedded|payment-simulator)/'],
    pathNot: '^subgraphs/$1/',
  }),
];

const gatewayRooms = [
  never({
    name: 'gateway-knows-no-commerce',
    comment: 'The gateway serves any supergraph: it knows no subgraph, no event and no package made for them.',
    from: '^gateway/',
    to: ['^subgraphs/', '^packages/'],
    pathNot: ['^packages/(identity|kernel|messaging|redis|runtime)/', DEV_PACKAGES],
  }),
  never({
    name: 'gateway-subscriptions',
    comment: 'A stream does not know which protocol carries it.',
    from: '^gateway/src/subscriptions/',
    to: '^gateway/src/http/',
  }),
  never({
    name: 'gateway-limits-identity-caching',
    comment: 'Rooms are entered from the outside in: http and subscriptions come first.',
    from: '^gateway/src/(limits|identity|caching)/',
    to: '^gateway/src/(http|subscriptions)/',
  }),
  never({
    name: 'gateway-execution',
    comment: 'A compiled plan does not know who asked, how often, or over which protocol.',
    from: '^gateway/src/execution/',
    to: '^gateway/src/(http|subscriptions|limits|identity|caching)/',
  }),
  never({
    name: 'gateway-planning',
    comment: 'A plan is made from an operation and a schema; how it is run is not its business.',
    from: '^gateway/src/planning/',
    to: '^gateway/src/(http|subscriptions|limits|identity|caching|execution)/',
  }),
  never({
    name: 'gateway-supergraph',
    comment: 'Everything stands on the supergraph; it stands on nothing.',
    from: '^gateway/src/supergraph/',
    to: '^gateway/src/(http|subscriptions|limits|identity|caching|execution|planning|transport)/',
  }),
  never({
    name: 'gateway-transport-is-handed-in',
    comment: 'Whether a subgraph is a socket or a function is decided in app.ts.',
    from: '^gateway/src/[^/]+/',
    fromNot: ['^gateway/src/transport/'],
    to: '^gateway/src/transport/',
    ...NOT_ONLY_A_TYPE,
  }),
  never({
    name: 'gateway-transport-only-carries',
    comment: 'A transport brings a request to a subgraph and the answer back.',
    from: '^gateway/src/transport/',
    to: '^gateway/src/(http|subscriptions|limits|caching|planning|supergraph)/',
  }),
];

// What a package may build on, besides itself.
const PACKAGES = {
  kernel: [],
  events: ['kernel'],
  identity: ['kernel'],
  runtime: ['kernel'],
  audit: ['kernel'],
  redis: ['kernel', 'runtime'],
  messaging: ['kernel', 'events', 'runtime'],
  'subgraph-kit': ['kernel', 'events', 'identity', 'runtime', 'messaging', 'redis'],
  'payment-simulator': ['kernel', 'runtime'],
  simulation: ['kernel', 'events', 'messaging', 'subgraph-kit'],
  jobs: ['kernel', 'runtime', 'messaging', 'payment-simulator', 'audit'],
  embedded: ['kernel', 'events', 'identity', 'runtime', 'messaging', 'redis', 'subgraph-kit', 'payment-simulator', 'audit', 'jobs'],
  distributed: ['kernel', 'identity', 'runtime', 'messaging', 'embedded', 'redis'],
  infra: ['runtime'],
  testkit: ['kernel', 'events', 'identity', 'runtime', 'messaging', 'subgraph-kit', 'payment-simulator', 'embedded', 'audit', 'infra'],
  e2e: [
    'kernel',
    'events',
    'identity',
    'runtime',
    'messaging',
    'redis',
    'payment-simulator',
    'embedded',
    'distributed',
    'testkit',
    'infra',
    'audit',
    'simulation',
  ],
  toolchain: ['events', 'kernel'],
};

const packageRules = [
  ...Object.entries(PACKAGES).map(([name, below]) =>
    never({
      name: `package-${name}`,
      comment: below.length === 0 ? `${name} builds on no other package.` : `${name} builds on ${below.join(', ')}, never upwards.`,
      from: `^packages/${name}/`,
      to: '^packages/',
      pathNot: [name, ...below].map((allowed) => `^packages/${allowed}/`),
    }),
  ),
  never({
    name: 'packages-know-no-app',
    comment:
      'Packages are below the apps. Only `embedded`, which starts them all, knows them, and the simulation, which runs their use cases.',
    from: '^packages/',
    fromNot: ['^packages/embedded/', '^packages/e2e/src/simulate/'],
    to: ['^gateway/', '^subgraphs/'],
  }),
  never({
    name: 'enter-by-the-front-door',
    comment: 'What a workspace offers stands in its src/index.ts; the rest may change any day.',
    from: WORKSPACE,
    to: `${WORKSPACE}src/`,
    // embedded has two doors: its app imports every other app, which those who only want its database must not load.
    pathNot: ['^$1/', '/src/index\\.ts$', '^packages/embedded/src/app\\.ts$'],
  }),
  never({
    name: 'what-ships-needs-no-dev-package',
    comment: 'testkit, e2e and toolchain are for developers; images do not contain them.',
    from: WORKSPACE,
    fromNot: [DEV_PACKAGES],
    to: DEV_PACKAGES,
  }),
  never({
    name: 'what-ships-needs-no-test-runner',
    comment: 'A test runner in source is a test that hides.',
    from: WORKSPACE,
    fromNot: [DEV_PACKAGES],
    to: 'node_modules/(vitest|fast-check|@vitest)/',
  }),
  never({
    name: 'pure-packages-do-no-io',
    comment: 'kernel and events are the same everywhere: no disk, no network, no process.',
    from: '^packages/(kernel|events)/',
    to: '^(node:)?(child_process|cluster|dgram|dns|fs|http|http2|https|net|os|process|tls|worker_threads)(/|$)',
  }),
  never({
    name: 'dependencies-are-declared',
    comment: 'A package that happens to lie in node_modules is gone with the next install: name it in package.json.',
    from: `${WORKSPACE}src/`,
    fromNot: ['^packages/toolchain/', '/generated/'], // the toolchain uses what the root declares
    to: 'node_modules/',
    dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
  }),
];

const ENTRIES = [
  '/src/(index|main)\\.ts$',
  ...TESTS,
  // Programs and set-ups that are started by name.
  '^packages/toolchain/src/[^/]+\\.ts$',
  '^packages/e2e/src/([^/]+/[^/]+|.+/main)\\.ts$',
  '^packages/embedded/src/[^/]+\\.ts$',
  '^packages/testkit/src/[^/]+\\.ts$',
];

const everywhere = [
  {
    name: 'no-cycles',
    comment: 'Files that need each other are one file in two places. Types may, they are gone when the program runs.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: NOT_ONLY_A_TYPE },
  },
  {
    name: 'no-orphans',
    comment: 'Nothing that starts and no test ever gets here: delete it, or use it.',
    severity: 'error',
    from: { path: ENTRIES },
    to: { path: `${WORKSPACE}src/`, pathNot: [...ENTRIES, '/generated/', '\\.d\\.ts$'], reachable: false },
  },
  {
    name: 'imports-resolve',
    comment: 'There is nothing at the other end.',
    severity: 'error',
    from: { pathNot: '/generated/' },
    to: { couldNotResolve: true },
  },
  {
    name: 'names-say-what-is-inside',
    comment: 'These words fit anything, so everything ends up there.',
    severity: 'error',
    from: {},
    to: { path: '[/-](utils?|helpers?|common|shared|misc|manager|service|impl|info|data)(/|\\.ts$)', pathNot: 'node_modules/' },
  },
];

export default {
  forbidden: [...subgraphRooms, ...gatewayRooms, ...packageRules, ...everywhere],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/generated/prisma/(?!client\\.ts$)', '^packages/[^/]+/fixtures/', '^(coverage|\\.data|\\.turbo)/'] },
    tsPreCompilationDeps: true, // type imports are imports here
    tsConfig: { fileName: 'tsconfig.json' },
    detectJSDocImports: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
