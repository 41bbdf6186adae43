import { expect, test } from 'vitest';
import { DeadlineError } from '../execution/fetch-from-subgraph.ts';
import { localTransport } from './local.ts';

const request = { query: '{ a }', variables: { v: 1 }, headers: { authorization: 'Bearer x' }, repeatable: true };

test('a local subgraph is handed what it would get over HTTP', async () => {
  const seen: unknown[] = [];
  const transport = localTransport({
    execute(given) {
      seen.push(given);
      return Promise.resolve({ status: 200, body: { data: { a: 1 } } });
    },
  });

  const answer = await transport.send({ ...request, operationName: 'A', signal: new AbortController().signal });

  expect(answer).toEqual({ status: 200, body: { data: { a: 1 } } });
  expect(seen).toEqual([{ query: '{ a }', variables: { v: 1 }, operationName: 'A', headers: { authorization: 'Bearer x' } }]);
});

test('waiting ends with the reason of the abort, even if the subgraph fails later', async () => {
  const controller = new AbortController();
  let fail: (error: Error) => void = () => undefined;
  const transport = localTransport({ execute: () => new Promise((_, reject) => (fail = reject)) });

  const waiting = transport.send({ ...request, signal: controller.signal });
  controller.abort(new DeadlineError('late'));

  await expect(waiting).rejects.toBeInstanceOf(DeadlineError);
  fail(new Error('nobody listens any more'));
  await expect(transport.send({ ...request, signal: controller.signal })).rejects.toBeInstanceOf(DeadlineError);
});
