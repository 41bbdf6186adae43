import { newId } from '@tally/kernel';
import { describeTrouble } from '../../../packages/subgraph-kit/test/trouble.contract.ts';
import { aNotificationsWorld, aUser } from './notifications-world.ts';

describeTrouble('notifications', async () => {
  const world = await aNotificationsWorld();
  return {
    sql: world.sql,
    async ask(scopes, query, variables) {
      const { data, codes } = await world.ask(scopes === null ? { kind: 'anonymous' } : aUser(newId('usr'), ...scopes), query, variables);
      return { data, codes };
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
});
