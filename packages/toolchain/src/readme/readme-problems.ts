import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import type { Fence, Page } from './markdown.ts';

/** What the README is held against. */
export type Facts = {
  /** Absolute path that links are relative to. */
  readonly root: string;
  /** Names of the root's npm scripts. */
  readonly scripts: ReadonlySet<string>;
  /** The schema clients see. */
  readonly schema: GraphQLSchema;
};

// The order in which a newcomer needs them. What has nothing to say yet is left out, the rest keeps its place.
const SECTIONS = [
  'The picture',
  'Run it',
  'Map',
  'Follow one order',
  'Commands',
  'Add a subgraph',
  'Guarantees',
  'Numbers',
  'Licences',
  'Decisions',
];
const REQUIRED = ['The picture', 'Run it', 'Map', 'Follow one order', 'Commands', 'Guarantees', 'Licences'];

// What may stand in a block that is not run: other checks run them (`npm ci` and `npm start` are check:start).
const KNOWN_COMMANDS = /^(cd|git clone|npm (ci|start|test|run)|npx) ?/;

/** Everything about the README that can be said without running it, one line each. */
export function readmeProblems(page: Page, facts: Facts): string[] {
  return [...sectionProblems(page), ...linkProblems(page, facts), ...page.fences.flatMap((fence) => fenceProblems(fence, facts))];
}

function sectionProblems({ headings }: Page): string[] {
  const problems = headings.filter(({ level }) => level === 1).length === 1 ? [] : ['README.md needs one title'];
  const sections = headings.filter(({ level }) => level === 2);
  const titles = sections.map(({ title }) => title);
  for (const title of REQUIRED.filter((required) => !titles.includes(required))) problems.push(`README.md has no section "${title}"`);

  let last = -1;
  for (const { title, line } of sections) {
    const place = SECTIONS.indexOf(title);
    if (place === -1) problems.push(`README.md:${String(line)} "${title}" is none of: ${SECTIONS.join(', ')}`);
    else if (place < last) problems.push(`README.md:${String(line)} "${title}" belongs before "${SECTIONS[last] ?? ''}"`);
    last = Math.max(last, place);
  }
  return problems;
}

function linkProblems({ links }: Page, { root }: Facts): string[] {
  return links
    .filter(({ target }) => !/^(https?:|mailto:|#)/.test(target))
    .filter(({ target }) => !existsSync(join(root, target.replace(/#.*$/, ''))))
    .map(({ target, line }) => `README.md:${String(line)} links to ${target}, which does not exist`);
}

function fenceProblems(fence: Fence, { scripts, schema }: Facts): string[] {
  const at = `README.md:${String(fence.line)}`;
  if (fence.language === 'graphql') return documentProblems(fence.text, schema).map((problem) => `${at} ${problem}`);
  if (fence.language !== 'sh') return [];
  return commandsOf(fence).flatMap((command) => {
    const script = /^npm (?:run(?: --silent| -s)? )?(?<name>[\w:-]+)/.exec(command)?.groups?.['name'];
    if (script !== undefined && script !== 'ci' && !scripts.has(script)) return [`${at} "${command}" names no npm script`];
    if (!isRunnable(fence) && !KNOWN_COMMANDS.test(command)) return [`${at} "${command}" is never run: mark the block "sh run"`];
    return [];
  });
}

function documentProblems(text: string, schema: GraphQLSchema): string[] {
  try {
    return validate(schema, parse(text)).map(({ message }) => message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

/** Whether a block is executed against a started system: it opens with "sh run". */
export function isRunnable({ language, marks }: Fence): boolean {
  return language === 'sh' && marks.includes('run');
}

// One command a line; a line that ends in a backslash goes on, comments are for people.
function commandsOf({ text }: Fence): string[] {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
