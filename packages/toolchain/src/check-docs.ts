// npm run check:docs
// Holds docs/operations.md against the repository, runs its commands, and then those of the README (npm run check:readme).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { operationsProblems } from './operations-page/operations-problems.ts';
import { runCommands } from './operations-page/run-commands.ts';
import { parseMarkdown } from './readme/markdown.ts';
import { inRoot, root } from './repository.ts';

const say = (line: string): void => {
  console.log(line);
};

const text = readFileSync(inRoot('docs', 'operations.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { scripts: Record<string, string> };
const page = parseMarkdown(text);

const problems = [...operationsProblems(page, { root, scripts: new Set(Object.keys(scripts)), text })];
if (problems.length === 0) problems.push(...(await runCommands(page, say)));

for (const problem of problems) console.error(problem);
if (problems.length === 0) say('docs/operations.md holds and its commands run');
const readme = spawn(process.execPath, [inRoot('packages', 'toolchain', 'src', 'check-readme.ts')], { cwd: root, stdio: 'inherit' });
const [code] = (await once(readme, 'exit')) as [number | null];
process.exitCode = problems.length > 0 || code !== 0 ? 1 : 0;
