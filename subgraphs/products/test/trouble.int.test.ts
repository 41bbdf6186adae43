import { describeTrouble } from '../../../packages/subgraph-kit/test/trouble.contract.ts';
import { openGraph } from './graph.ts';

describeTrouble('products', async () => {
  const graph = await openGraph();
  return {
    sql: graph.sql,
    async ask(scopes, query, variables) {
      const { data, errors = [] } = await graph.ask(query, variables, scopes === null ? [] : ['none:held', ...scopes]);
      return { data, codes: errors.map(({ extensions }) => extensions.code) };
    },
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
});
