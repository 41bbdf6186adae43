// npm run check:readme
// Holds README.md against the repository (order of sections, links, scripts, GraphQL), then starts a system of its own and runs
// every block marked "sh run" against it.
import { mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Supergraph } from '@apollo/federation-internals';
import { freePorts, npmStart } from './npm-start.ts';
import { parseMarkdown } from './readme/markdown.ts';
import { readmeProblems } from './readme/readme-problems.ts';
import { runBlocks } from './readme/run-blocks.ts';
import { inRoot, root } from './repository.ts';

const READY_WITHIN_MS = 180_000;

const page = parseMarkdown(readFileSync(inRoot('README.md'), 'utf8'));
const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { scripts: Record<string, string> };
// Which security features are enforced is the gateway's business; here documents are only held against field names.
const supergraph = Supergraph.build(readFileSync(inRoot('gateway', 'supergraph.graphql'), 'utf8'), { supportedFeatures: null });
const schema = supergraph.apiSchema().toGraphQLJSSchema();

const problems = readmeProblems(page, { root, scripts: new Set(Object.keys(scripts)), schema });
if (problems.length === 0) problems.push(...(await runInScratch()));

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log('the README holds and its commands run');
process.exitCode = problems.length > 0 ? 1 : 0;

async function runInScratch(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tally-readme-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user when this runs as root
  try {
    const system = await npmStart(root, { DATA_DIR: join(folder, 'data') }, await freePorts(), READY_WITHIN_MS);
    try {
      return await runBlocks(page, system);
    } finally {
      await system.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
