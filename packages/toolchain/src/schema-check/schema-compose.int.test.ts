import { expect, test } from 'vitest';
import { aRepository, ORDERS } from './a-repository.ts';

test('the supergraph is written once, and checked after that', () => {
  using repository = aRepository();
  repository.edit(ORDERS, 'note: String', 'note: String!');

  expect(repository.run('schema-compose', ['--check'])).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('npm run schema:compose') as string,
  });
  expect(repository.run('schema-compose')).toMatchObject({ code: 0, printed: 'wrote gateway/supergraph.graphql' });
  expect(repository.run('schema-compose', ['--check'])).toMatchObject({ code: 0 });
});

test('a mistake is told with subgraph, file, line and column, and to GitHub as an annotation', () => {
  using repository = aRepository();
  repository.edit(ORDERS, 'total: Int!', 'total: Sum!');

  const { code, printed, complaint } = repository.run('schema-compose', [], { GITHUB_ACTIONS: 'true' });

  expect(code).toBe(1);
  expect(complaint).toMatch(/^subgraphs\/orders\.graphql:25:10 .*\[orders\].*Sum/);
  expect(printed).toMatch(/^::error file=subgraphs\/orders\.graphql,line=25,col=10,title=composition::/);
});

test('a schema that supergraph.yaml names in vain is one line', () => {
  using repository = aRepository();
  repository.remove(ORDERS);

  expect(repository.run('schema-compose')).toMatchObject({ code: 1, complaint: 'subgraphs/orders.graphql cannot be read' });
});
