import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { expect, test } from 'vitest';
import { generateOperations } from './operations.ts';
import type { LibraryName } from './library-schema.ts';
import { aWorld, libraryDoubles, librarySupergraph } from './world.ts';

const seed = 20261121;
const count = 400;

/** The stock gateway over doubles of its own, as oracle. */
async function theOracle(dead?: LibraryName): Promise<ApolloServer> {
  const doubles: Readonly<Record<string, { execute: ReturnType<typeof libraryDoubles>['books']['execute'] }>> = libraryDoubles(true, null);
  const gateway = new ApolloGateway({
    supergraphSdl: librarySupergraph(true),
    buildService: ({ name }) => ({
      async process({ request }) {
        if (name === dead) throw new Error('away');
        const { query = '', variables, operationName } = request;
        const answer = await doubles[name]?.execute({
          query,
          headers: {},
          ...(variables === undefined ? {} : { variables }),
          ...(operationName === undefined ? {} : { operationName }),
        });
        return answer?.body as { data: Record<string, unknown> };
      },
    }),
  });
  const server = new ApolloServer({ gateway, stopOnTerminationSignals: false });
  await server.start();
  return server;
}

test(`${String(count)} generated operations answer as through the stock gateway`, async () => {
  const oracle = await theOracle();
  await using world = await aWorld({ open: true, config: { limits: 'off' } });

  let compared = 0;
  for (const { query, variables } of generateOperations(librarySupergraph(true), seed, count)) {
    const stock = await oracle.executeOperation({ query, variables });
    const ours = await world.ask(query, { variables });

    expect(stock.body.kind).toBe('single');
    if (stock.body.kind !== 'single') continue;
    const { data, errors } = stock.body.singleResult;
    expect({ query, variables, data: ours.body.data }).toEqual({ query, variables, data: JSON.parse(JSON.stringify(data)) as unknown });
    expect({ query, paths: ours.body.errors?.map(({ path }) => path) }).toEqual({ query, paths: errors?.map(({ path }) => path) });
    compared += 1;
  }

  expect(compared).toBe(count);
  await oracle.stop();
}, 120_000);

test.each(['books', 'people', 'reviews'] as const)(
  'with %s away, 60 generated operations keep the same data as through the stock gateway',
  async (dead) => {
    const oracle = await theOracle(dead);
    await using world = await aWorld({ open: true, config: { limits: 'off' } });
    world.doubles[dead].behave(() => Promise.reject(new Error('away')));

    for (const { query, variables } of generateOperations(librarySupergraph(true), seed + dead.length, 60)) {
      const stock = await oracle.executeOperation({ query, variables });
      const ours = await world.ask(query, { variables });

      const { data, errors } = stock.body.kind === 'single' ? stock.body.singleResult : {};
      expect({ query, data: ours.body.data }).toEqual({ query, data: JSON.parse(JSON.stringify(data)) as unknown });
      expect({ query, failed: ours.body.errors !== undefined }).toEqual({ query, failed: errors !== undefined });
    }
    await oracle.stop();
  },
);
