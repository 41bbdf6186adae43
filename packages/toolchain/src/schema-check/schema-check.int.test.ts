import { expect, test } from 'vitest';
import { aRepository, ORDERS } from './a-repository.ts';
import { composed, shopWith } from './a-shop.ts';

test('nothing changed is nothing broken', async () => {
  using repository = aRepository();

  expect(await repository.check()).toEqual({
    code: 0,
    printed: 'against main: 0 breaking, 0 dangerous, 0 safe; nobody is broken',
    complaint: '',
  });
});

test('a field that clients select cannot go, and they are named', async () => {
  using repository = aRepository();
  repository.edit(ORDERS, '  total: Int!\n', '');
  repository.edit(ORDERS, '  SENT\n', '  SENT\n  RETURNED\n');

  const { code, printed } = await repository.check();

  expect(code).toBe(1);
  expect(printed.split('\n')).toEqual([
    'breaking',
    expect.stringMatching(
      /^ {2}removed field Order\.total breaks OpenOrders, OrderPage, Tracker \(Follow\) +subgraphs\/orders\.graphql:22:6$/,
    ),
    'dangerous',
    expect.stringMatching(/^ {2}added enum value OrderStatus\.RETURNED +subgraphs\/orders\.graphql:\d+:3$/),
    'against main: 1 breaking, 1 dangerous, 0 safe; 3 operations break',
  ]);
});

test('a break that nobody notices passes, unless --strict', async () => {
  using repository = aRepository();
  repository.edit(ORDERS, '  note: String\n', '');

  expect(await repository.check()).toMatchObject({ code: 0, printed: expect.stringContaining('no known operation uses it') as string });
  expect(await repository.check(['--strict'])).toMatchObject({ code: 1 });
});

test('other clients are known by a folder or a manifest', async () => {
  using repository = aRepository();
  repository.edit(ORDERS, '  note: String\n', '');
  repository.write('till.graphql', 'query Till($id: ID!) { order(id: $id) { note } }');
  const body = 'query Phone($id: ID!) { order(id: $id) { note } }';
  repository.write('phone.json', JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [{ body }] }));

  const { code, printed } = await repository.check(['--operations', 'till.graphql', '--operations', 'phone.json']);

  expect(code).toBe(1);
  expect(printed).toContain('removed field Order.note breaks Phone, Till');
});

test('clients that are out there are broken, though their operation was changed along', async () => {
  using repository = aRepository();
  repository.edit(ORDERS, '  total: Int!\n', '  sum: Int!\n');
  repository.edit('operations/OrderPage.graphql', 'total', 'sum');
  repository.edit('examples/tracker/src/documents.ts', 'total', 'sum');
  repository.remove('operations/OpenOrders.graphql');

  const { code, printed } = await repository.check();

  expect(code).toBe(1);
  expect(printed).toContain('removed field Order.total breaks OpenOrders as released, OrderPage as released, Tracker (Follow) as released');
});

test('an operation that no schema ever answered is refused by name and place', async () => {
  using repository = aRepository();
  repository.write('operations/Typo.graphql', 'query Typo {\n  catalogue {\n    titel\n  }\n}\n');
  repository.write('operations/Broken.graphql', 'query Broken {\n');

  const { code, printed } = await repository.check();

  expect(code).toBe(1);
  expect(printed).toMatch(/Typo: Cannot query field "titel" on type "Item".* operations\/Typo\.graphql:3:5/);
  expect(printed).toMatch(/Broken: Syntax Error.* operations\/Broken\.graphql:2:1/);
});

test('a new operation may use what comes with it', async () => {
  using repository = aRepository();
  repository.edit(ORDERS, '  note: String\n', '  note: String\n  tax: Int!\n');
  repository.write('operations/Tax.graphql', 'query Tax($id: ID!) {\n  order(id: $id) {\n    tax\n  }\n}\n');

  expect(await repository.check()).toMatchObject({ code: 0 });
});

test('a break is accepted by a line in a file, until its day is over', async () => {
  using repository = aRepository();
  repository.edit(ORDERS, '  total: Int!\n', '');
  const accept = (until: string) =>
    repository.write('accepted-breaks.json', JSON.stringify([{ coordinate: 'Order.total', reason: 'sum replaces it', until }]));

  accept('2999-12-31');
  expect(await repository.check()).toMatchObject({
    code: 0,
    printed: expect.stringContaining('; accepted until 2999-12-31: sum') as string,
  });

  accept('2020-12-31');
  expect(await repository.check()).toMatchObject({
    code: 1,
    printed: expect.stringContaining('until 2020-12-31, which is over') as string,
  });
});

test('an accepted break that is none any more is told', async () => {
  using repository = aRepository();
  repository.write('accepted-breaks.json', JSON.stringify([{ coordinate: 'Order.total', reason: 'x', until: '2999-12-31' }]));

  expect((await repository.check()).printed).toContain('nothing breaks Order.total any more');
});

test('a commit, a tag, a supergraph and an API schema are what it can compare with', async () => {
  using repository = aRepository();
  repository.git('tag', 'v1');
  repository.edit(ORDERS, '  note: String\n', '');
  repository.write('old.graphql', composed(shopWith()));
  repository.write('api.graphql', 'type Query { catalogue: [Item!]! }  type Item { title: String! }');

  expect((await repository.check(['--against', 'v1'])).printed).toContain('against v1: 1 breaking');
  expect((await repository.check(['--against', 'HEAD'])).printed).toContain('against HEAD: 1 breaking');
  expect((await repository.check(['--against', 'old.graphql'])).printed).toContain('against old.graphql: 1 breaking');
  expect((await repository.check(['--against', 'api.graphql'])).printed).toContain('api.graphql is an API schema');
});

test('a branch that lags behind is told so', async () => {
  using repository = aRepository();
  repository.git('checkout', '--quiet', '-b', 'branch');
  repository.git('checkout', '--quiet', 'main');
  repository.git('commit', '--quiet', '--allow-empty', '--message=ahead');
  repository.git('checkout', '--quiet', 'branch');

  expect((await repository.check()).printed).toContain('main has 1 commit that this branch lacks');
});

test('programs read JSON', async () => {
  using repository = aRepository();
  repository.edit('subgraphs/payments.graphql', '  amount: Int!\n', '  amount: Float!\n');

  const { code, printed } = await repository.check(['--format', 'json'], { GITHUB_ACTIONS: 'true' });

  expect(code).toBe(1);
  expect(JSON.parse(printed)).toEqual({
    against: 'main',
    ok: false,
    counts: { breaking: 1, dangerous: 0, safe: 0, refused: 0 },
    changes: [
      {
        kind: 'FIELD_TYPE_CHANGED',
        coordinate: 'Payment.amount',
        verdict: 'breaking',
        what: 'changed field Payment.amount from Int! to Float!',
        where: 'subgraphs/payments.graphql:9:3',
        breaks: [{ operation: 'OrderPage', client: null, where: 'operations/OrderPage.graphql:1:1', former: false }],
        accepted: null,
      },
    ],
    refusedOperations: [],
    notes: [],
  });
});

test('GitHub gets annotations besides the table', async () => {
  using repository = aRepository();
  repository.edit('subgraphs/payments.graphql', '  amount: Int!\n', '  amount: Float!\n  currency: String\n');
  repository.edit(ORDERS, '  SENT\n', '  SENT\n  RETURNED\n');

  const { code, printed } = await repository.check([], { GITHUB_ACTIONS: 'true' });

  expect(code).toBe(1);
  expect(printed.split('\n').filter((line) => line.startsWith('::'))).toEqual([
    '::error file=subgraphs/payments.graphql,line=9,col=3,title=breaking schema change::changed field Payment.amount from Int! to Float! breaks OrderPage',
    expect.stringMatching(/^::warning file=subgraphs\/orders\.graphql,line=\d+,col=3,title=dangerous schema change::added enum value/),
    expect.stringMatching(
      /^::notice file=subgraphs\/payments\.graphql,line=10,col=3,title=safe schema change::added field Payment\.currency/,
    ),
  ]);
  expect(printed).toContain('1 operation breaks');
});

test.each([
  ['a ref that is not there', ['--against', 'nowhere'], 'schema:check: --against nowhere: neither a file nor a git ref'],
  ['a ref that looks like an option', ['--against=--all'], 'schema:check: --against --all: neither a file nor a git ref'],
  ['an unknown option', ['--agianst', 'main'], "schema:check: Unknown option '--agianst'"],
  ['an unknown format', ['--format', 'xml'], 'schema:check: --format xml: one of table, json, github'],
  ['operations that are not there', ['--operations', 'ios'], 'schema:check: --operations ios: there is no such file or folder'],
  ['a file that is no graph', ['--against', 'supergraph.yaml'], 'schema:check: supergraph.yaml is neither a supergraph nor an API schema'],
])('%s ends it with 2 and one line', async (_, args, line) => {
  using repository = aRepository();

  const { code, printed, complaint } = await repository.check(args);

  expect({ code, printed }).toEqual({ code: 2, printed: '' });
  expect(complaint.split('\n')).toEqual([expect.stringContaining(line) as string]);
});

test('subgraphs that do not compose end it with 2 and a line per problem', async () => {
  using repository = aRepository();
  repository.edit(ORDERS, 'total: Int!', 'total: Sum!');

  const { code, complaint, printed } = await repository.check([], { GITHUB_ACTIONS: 'true' });

  expect(code).toBe(2);
  expect(complaint).toMatch(/^subgraphs\/orders\.graphql:25:10 .*Sum/);
  expect(printed).toMatch(/^::error file=subgraphs\/orders\.graphql,line=25,col=10,/);
});

test('accepted breaks that are none of the kind end it with 2', async () => {
  using repository = aRepository();
  repository.write('accepted-breaks.json', '[{ "coordinate": "Order.total", "reason": "x", "until": "soon" }]');

  expect(await repository.check()).toMatchObject({
    code: 2,
    complaint: expect.stringContaining('Order.total has no day in "until"') as string,
  });
});

test('as a program it prints, complains and ends like that', () => {
  using repository = aRepository();
  repository.edit(ORDERS, '  total: Int!\n', '');

  expect(repository.run('schema-check')).toMatchObject({
    code: 1,
    printed: expect.stringContaining('3 operations break') as string,
    complaint: '',
  });
  expect(repository.run('schema-check', ['--against', 'nowhere'])).toMatchObject({ code: 2, printed: '' });
});
