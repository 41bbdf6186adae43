import { describeTrouble } from '../../../packages/subgraph-kit/test/trouble.contract.ts';
import { aCaller, anonymous, aUsersWorld } from './world.ts';

describeTrouble('users', async () => {
  const world = await aUsersWorld({ roles: ['api'] });
  return {
    sql: world.sql,
    async ask(scopes, query, variables) {
      const { data, errors } = await world.ask(query, variables, scopes === null ? anonymous : { ...aCaller(), scopes });
      return { data: data === null ? null : { ...data }, codes: errors.map(({ extensions }) => extensions.code) };
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
});
