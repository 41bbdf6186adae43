import { accessSync, constants, globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { inRoot, root } from '../repository.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> };
const workflows = globSync('.github/workflows/*.yml', { cwd: root }).map((file) => ({
  file,
  workflow: parse(readFileSync(inRoot(file), 'utf8')) as Workflow,
}));
const ci = workflows.find(({ file }) => file.endsWith('/ci.yml'))!.workflow;

/** What keeps a command of a step from being run here; `null`: nothing. */
function missing(command: string): string | null {
  const script = /^npm run (?:--silent )?(\S+)/.exec(command)?.[1];
  if (script !== undefined) return script in scripts ? null : `no script ${script}`;
  if (/^(?:npm ci|sudo apt-get (?:update|install .+))$/.test(command)) return null;
  try {
    accessSync(inRoot(command), constants.X_OK);
    return null;
  } catch {
    return `${command} is no program of the repository`;
  }
}

test.each(workflows)('every command of $file exists', ({ workflow }) => {
  const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run?.trim().split(/\n| && /) ?? []));

  expect(commands).not.toEqual([]);
  expect(commands.map(missing).filter((problem) => problem !== null)).toEqual([]);
});

test.each(workflows)('$file may read and no more, ends in time and pins its actions', ({ workflow }) => {
  const jobs = Object.values(workflow.jobs);

  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(workflow.concurrency).toBeDefined();
  expect(jobs.map((job) => typeof job['timeout-minutes'])).toEqual(jobs.map(() => 'number'));
  for (const action of jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? [])))
    expect(action).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
});

test('a pull request runs everything, and its schema is checked against the branch it goes into', () => {
  const commands = (job: string) => ci.jobs[job]!.steps.flatMap(({ run }) => run ?? []);

  expect(commands('test')).toContain('.ci/run');
  expect(commands('schema')).toEqual(['npm ci', 'npm run schema:compose -- --check', 'npm run schema:check -- --against "origin/$BASE"']);
  expect(ci.jobs['schema']!.steps[0]).toMatchObject({ with: { 'fetch-depth': 0 } });
});
