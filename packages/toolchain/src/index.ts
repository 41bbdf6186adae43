export { composeSupergraph, type Composed } from './compose/compose-supergraph.ts';
export { toLine, type Problem } from './compose/problem.ts';
