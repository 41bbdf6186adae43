// npm run compose [-- --check]
// Writes gateway/supergraph.graphql; with --check it only says whether the committed one is what the subgraphs compose to.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { composeSupergraph } from './compose/compose-supergraph.ts';
import { toLine } from './compose/problem.ts';
import { inRoot } from './repository.ts';

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
const path = inRoot('gateway', 'supergraph.graphql');
const committed = existsSync(path) ? readFileSync(path, 'utf8') : null;
const composed = composeSupergraph();

if (!composed.ok) {
  for (const problem of composed.problems) console.error(toLine(problem));
  process.exitCode = 1;
} else if (composed.supergraph === committed) {
  console.log('gateway/supergraph.graphql is what the subgraphs compose to');
} else if (check) {
  console.error('gateway/supergraph.graphql is not what the subgraphs compose to: npm run compose');
  process.exitCode = 1;
} else {
  writeFileSync(path, composed.supergraph);
  console.log('wrote gateway/supergraph.graphql');
}
