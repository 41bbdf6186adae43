import { expect, test } from 'vitest';
import { parseMarkdown } from './markdown.ts';
import { runBlocks, shapeDifference } from './run-blocks.ts';

const system = { graphUrl: 'http://127.0.0.1:5000/graphql', simulatorUrl: 'http://127.0.0.1:5010' };
const run = (text: string) => runBlocks(parseMarkdown(text), system);

test('blocks share one shell and talk to the scratch system', async () => {
  const text =
    '```sh run\nX=http://localhost:4000/graphql\n```\n\n```sh run\necho "{ \\"url\\": \\"$X\\" }" | grep 5000\n```\n\n```json\n{ "url": "" }\n```\n';
  expect(await run(text)).toEqual([]);
});

test('a block that fails is named, and those behind it were not reached', async () => {
  expect(await run('```sh run\nfalse\n```\n```sh run\ntrue\n```\n')).toEqual(['README.md:1 ended with 1\n', 'README.md:4 was not reached']);
});

test('an answer of another shape than shown is named', async () => {
  const problems = await run(
    '```sh run\necho \'{ "data": { "order": null } }\'\n```\n```json\n{ "data": { "order": { "id": "x" } } }\n```\n',
  );
  expect(problems).toMatchObject([expect.stringContaining('data.order is null, not object')]);
});

test('shapes are names and kinds, not values', () => {
  expect(shapeDifference({ a: [{ b: 1 }] }, { a: [{ b: 2, c: 3 }, {}] }, '')).toBeNull();
  expect(shapeDifference({ a: [{ b: 1 }] }, { a: [{ b: 'x' }] }, '')).toBe('a[0].b is string, not number');
  expect(shapeDifference({ a: 1 }, {}, '')).toBe('the answer has no "a"');
});
