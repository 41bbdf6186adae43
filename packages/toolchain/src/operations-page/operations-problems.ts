import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Fence, Page } from '../readme/markdown.ts';

/** What docs/operations.md is held against. */
export interface Facts {
  /** Of the repository, absolute. */
  readonly root: string;
  /** Names of the root's npm scripts. */
  readonly scripts: ReadonlySet<string>;
  /** The page as it was written. */
  readonly text: string;
}

/**
 * `run`: ends by itself. `start`: runs until it is stopped. Not run here: `engine` needs a container engine or a cluster, `shown` a system in trouble.
 */
export const marks = ['run', 'start', 'engine', 'shown'] as const;

const ways = ['One process', 'Processes on one machine', 'A cluster'];
const required = ['Three ways to run', ...ways, 'What was not run', 'Settings', 'Health', 'Start-up problems'];

/** Everything about the page that can be said without running it, one line each. */
export function operationsProblems(page: Page, facts: Facts): readonly string[] {
  const titles = new Set(page.headings.map(({ title }) => title));
  return [
    ...required.filter((title) => !titles.has(title)).map((title) => `docs/operations.md has no section "${title}"`),
    ...needsProblems(facts.text),
    ...linkProblems(page, facts),
    ...page.fences.flatMap((fence) => fenceProblems(fence, facts)),
  ];
}

/** The table of the ways names each of them, and what each needs. */
function needsProblems(text: string): readonly string[] {
  const [head = [], , ...rows] = (text.split('\n## Three ways to run\n')[1] ?? '')
    .split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ) ?? [[]];
  const missing = ways.filter((way) => !head.includes(way)).map((way) => `docs/operations.md: the table of ways has no column "${way}"`);
  const needs = rows.find(([name]) => name === 'Needs') ?? [];
  const unsaid = head.slice(1).filter((_, at) => (needs[at + 1] ?? '') === '');
  return [...missing, ...unsaid.map((way) => `docs/operations.md does not say what "${way}" needs`)];
}

const linkProblems = ({ links }: Page, { root }: Facts): readonly string[] =>
  links
    .filter(({ target }) => !/^(https?:|mailto:|#)/.test(target) && !existsSync(join(root, 'docs', target.replace(/#.*$/, ''))))
    .map(({ target, line }) => `docs/operations.md:${String(line)} links to ${target}, which does not exist`);

function fenceProblems(fence: Fence, { root, scripts }: Facts): readonly string[] {
  if (fence.language !== 'sh') return [];
  const at = `docs/operations.md:${String(fence.line)}`;
  const unmarked = marks.some((mark) => fence.marks.includes(mark)) ? [] : [`${at} says nothing of how it is run: ${marks.join(', ')}`];
  return [
    ...unmarked,
    ...commandsOf(fence).flatMap((command) => [
      ...[...command.matchAll(/npm (?:run )(?:--silent |-s )?(?<name>[\w:-]+)/g)]
        .flatMap(({ groups }) => groups?.['name'] ?? [])
        .filter((name) => !scripts.has(name))
        .map((name) => `${at} names npm script "${name}", which does not exist`),
      ...[...command.matchAll(/(?<= )(?:k8s|packages|prisma|docs|gateway|subgraphs)\/[\w./-]+/g)]
        .map(([path]) => path)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${at} names ${path}, which does not exist`),
    ]),
  ];
}

/** The commands of a block, one a line; a line that ends in a backslash goes on, comments are for people. */
export const commandsOf = ({ text }: Fence): readonly string[] =>
  text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
