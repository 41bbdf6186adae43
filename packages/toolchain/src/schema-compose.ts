// npm run schema:compose [-- --check]
// Writes gateway/supergraph.graphql; with --check it only says whether the committed one is what the subgraphs compose to.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inGitHub, toAnnotation } from './compose/annotation.ts';
import { composeSupergraph } from './compose/compose-supergraph.ts';
import { toLine, type Problem } from './compose/problem.ts';

try {
  compose(parseArgs({ options: { check: { type: 'boolean', default: false } } }).values.check);
} catch (error) {
  refuse([{ where: null, what: error instanceof Error ? error.message : String(error) }]);
}

function compose(onlyCheck: boolean): void {
  const path = 'gateway/supergraph.graphql';
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : null;
  const composed = composeSupergraph(process.cwd());
  if (!composed.ok) {
    refuse(composed.problems);
  } else if (composed.supergraph === committed) {
    console.log(`${path} is what the subgraphs compose to`);
  } else if (onlyCheck) {
    refuse([{ where: `${path}:1:1`, what: 'is not what the subgraphs compose to: npm run schema:compose' }]);
  } else {
    writeFileSync(path, composed.supergraph);
    console.log(`wrote ${path}`);
  }
}

function refuse(problems: readonly Problem[]): void {
  for (const problem of problems) console.error(toLine(problem));
  if (inGitHub(process.env)) for (const problem of problems) console.log(toAnnotation('error', 'composition', problem));
  process.exitCode = 1;
}
