import { expect, test } from 'vitest';
import { parseMarkdown } from '../readme/markdown.ts';
import { root } from '../repository.ts';
import { operationsProblems } from './operations-problems.ts';

const table = `|  | One process | Processes on one machine | A cluster |
| --- | --- | --- | --- |
| Needs | npm | Java | images |
`;
const sections = ['One process', 'Processes on one machine', 'A cluster', 'What was not run', 'Settings', 'Health', 'Start-up problems'];

function problemsOf(body = '', ways = table, titles = sections): readonly string[] {
  const text = `# Operations\n\n## Three ways to run\n\n${ways}\n${body}\n\n${titles.map((title) => `## ${title}`).join('\n\n')}\n`;
  return operationsProblems(parseMarkdown(text), { root, scripts: new Set(['start', 'infra']), text });
}

test('a page with every way and what it needs is fine', () => {
  expect(problemsOf('```sh start\nnpm start\n```\n\n```sh run\nnpm run infra -- check # quick\nkubectl kustomize docs/adr\n```')).toEqual(
    [],
  );
});

test('a way that is missing, or whose needs are not said, is named', () => {
  expect(problemsOf('', table.replace('| images |', '| |'))).toEqual(['docs/operations.md does not say what "A cluster" needs']);
  expect(problemsOf('', table.replace('A cluster', 'Clusters'))).toEqual([
    'docs/operations.md: the table of ways has no column "A cluster"',
  ]);
  expect(problemsOf('', table, sections.toSpliced(3, 1))).toEqual(['docs/operations.md has no section "What was not run"']);
});

test.each([
  ['```sh\nnpm start\n```', 'says nothing of how it is run: run, start, engine, shown'],
  ['```sh engine\nnpm run secret -- x && npm start\n```', 'names npm script "secret", which does not exist'],
  ['```sh run\nkubectl kustomize k8s/nowhere\n```', 'names k8s/nowhere, which does not exist'],
  ['[there](../nowhere.md)', 'links to ../nowhere.md, which does not exist'],
])('%j is a problem', (body, problem) => {
  expect(problemsOf(body)).toEqual([expect.stringContaining(problem)]);
});
