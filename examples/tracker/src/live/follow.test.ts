import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, InMemoryCache, Observable, type TypedDocumentNode } from '@apollo/client';
import { expect, test } from 'vitest';
import { follow } from './follow.ts';

const document: TypedDocumentNode<{ readonly told: number }, { after: number }> = gql`
  subscription Told($after: Int!) {
    told(after: $after)
  }
`;

type Ending = Error | 'stays open';

/** A shop whose log has these events; each stream tells what comes after `after`, `perStream` at most, and ends as scripted. */
function aShop(log: readonly number[], perStream: number, endings: readonly Ending[]) {
  const asked: number[] = [];
  const link = new ApolloLink(
    ({ variables }) =>
      new Observable((observer) => {
        const after = Number(variables['after']);
        const ending = endings[asked.push(after) - 1] ?? 'stays open';
        for (const told of log.filter((one) => one > after).slice(0, perStream)) observer.next({ data: { told } });
        if (ending !== 'stays open') observer.error(ending);
      }),
  );
  return { asked, client: new ApolloClient({ link, cache: new InMemoryCache() }) };
}

const connection = { turn: (): Promise<void> => Promise.resolve() };
const brokenSocket = new Error('Socket closed with event 1006');
const graphError = (code: string): Error => new CombinedGraphQLErrors({ errors: [{ message: code, extensions: { code } }] });

/** Follows until `count` events were told, or the shop refuses. */
function heard(
  shop: ReturnType<typeof aShop>,
  count: number,
): Promise<{ readonly events: readonly number[]; readonly resumed: number; readonly refusal: string | null }> {
  return new Promise((resolve) => {
    const events: number[] = [];
    let resumed = 0;
    const stop = follow({
      client: shop.client,
      connection,
      document,
      variables: () => ({ after: events.at(-1) ?? 0 }),
      async beforeResuming() {
        resumed++;
        await Promise.resolve();
      },
      onEvent({ told }) {
        events.push(told);
        if (events.length === count) {
          queueMicrotask(() => {
            stop();
          });
          resolve({ events, resumed, refusal: null });
        }
      },
      onRefused({ message }) {
        resolve({ events, resumed, refusal: message });
      },
    });
  });
}

test('a stream that broke with its socket goes on after what was seen, nothing twice and nothing left out', async () => {
  const shop = aShop([1, 2, 3, 4, 5], 2, [brokenSocket, brokenSocket]);

  expect(await heard(shop, 5)).toEqual({ events: [1, 2, 3, 4, 5], resumed: 2, refusal: null });
  expect(shop.asked).toEqual([0, 2, 4]);
});

test.each(['SLOW_CONSUMER', 'EVENTS_UNAVAILABLE', 'SCHEMA_RELOADED', 'TOKEN_EXPIRED'])('%s passes: the stream comes back', async (code) => {
  const shop = aShop([1, 2], 1, [graphError(code)]);

  expect((await heard(shop, 2)).events).toEqual([1, 2]);
});

test.each(['FORBIDDEN', 'NOT_FOUND', 'SEQUENCE_AHEAD', 'GRAPHQL_VALIDATION_FAILED'])(
  '%s is an answer: the stream does not come back',
  async (code) => {
    const shop = aShop([1, 2], 1, [graphError(code)]);

    expect(await heard(shop, 2)).toEqual({ events: [1], resumed: 0, refusal: code });
    expect(shop.asked).toEqual([0]);
  },
);
