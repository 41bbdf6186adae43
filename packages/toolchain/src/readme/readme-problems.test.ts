import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { root } from '../repository.ts';
import { parseMarkdown } from './markdown.ts';
import { readmeProblems } from './readme-problems.ts';

const facts = { root, scripts: new Set(['start', 'smoke']), schema: buildSchema('type Query { me: Int }') };
const SECTIONS = ['The picture', 'Run it', 'Map', 'Follow one order', 'Commands', 'Guarantees', 'Licences'];

function problemsOf(body: string, sections = SECTIONS): string[] {
  return readmeProblems(parseMarkdown(`# Tally\n\n${body}\n\n${sections.map((title) => `## ${title}`).join('\n\n')}\n`), facts);
}

test('sections in their order are fine, others are named', () => {
  expect(problemsOf('')).toEqual([]);
  expect(problemsOf('', SECTIONS.with(0, 'Run it').with(1, 'The picture'))).toMatchObject([
    expect.stringContaining('"The picture" belongs before'),
  ]);
  expect(problemsOf('', SECTIONS.slice(1))).toEqual(['README.md has no section "The picture"']);
  expect(problemsOf('', [...SECTIONS, 'Badges'])).toMatchObject([expect.stringContaining('"Badges" is none of')]);
});

test('a link to a file that does not exist is named with its line', () => {
  expect(problemsOf('[here](package.json) [there](https://example.org) [nowhere](docs/nowhere.md#part)')).toEqual([
    'README.md:3 links to docs/nowhere.md#part, which does not exist',
  ]);
});

test('a command must be an npm script, or stand in a block that is run', () => {
  expect(problemsOf('```sh\nnpm ci && npm start\nnpm run smoke   # buys something\n```')).toEqual([]);
  expect(problemsOf('```sh\nnpm run fly\n```')).toEqual(['README.md:3 "npm run fly" names no npm script']);
  expect(problemsOf('```sh\ncurl localhost\n```')).toEqual(['README.md:3 "curl localhost" is never run: mark the block "sh run"']);
  expect(problemsOf('```sh run\ncurl localhost\n```')).toEqual([]);
});

test('GraphQL is checked against the schema that clients see', () => {
  expect(problemsOf('```graphql\n{ me }\n```')).toEqual([]);
  expect(problemsOf('```graphql\n{ you }\n```')).toMatchObject([expect.stringContaining('README.md:3 Cannot query field "you"')]);
});
