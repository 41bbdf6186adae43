import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, Kind, visit, type DocumentNode } from 'graphql';

const most = 500;

/** Refuses operations that ask for more than 500 entities, wherever their representations stand, before any resolver runs. */
export const limitRepresentations: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ document, request }) {
        if (countRepresentations(document, request.variables ?? {}) > most) {
          throw new GraphQLError(`At most ${String(most)} representations at once.`, {
            extensions: { code: 'LIMIT_EXCEEDED', http: { status: 400 } },
          });
        }
        return Promise.resolve();
      },
    }),
};

function countRepresentations(document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  let count = 0;
  visit(document, {
    Field({ name, arguments: given = [] }) {
      if (name.value !== '_entities') return;
      for (const { value } of given) {
        if (value.kind === Kind.LIST) count += value.values.length;
        if (value.kind !== Kind.VARIABLE) continue;
        const list = variables[value.name.value];
        if (Array.isArray(list)) count += list.length;
      }
    },
  });
  return count;
}
