// npm run generate
// Writes what is derived and not committed: database clients, resolver types, and the page of examples/. Nothing changed means nothing done.
import { buildExamplePage } from './generate/example-page.ts';
import { generatePrismaClient } from './generate/prisma-client.ts';
import { generateResolverTypes } from './generate/resolver-types.ts';
import { inLanes } from './in-lanes.ts';
import { subgraphNames } from './repository.ts';

const started = performance.now();
const names = subgraphNames();
const work = [
  ...names.map((name) => ({ what: `${name} client`, write: () => generatePrismaClient(name) })),
  ...names.map((name) => ({ what: `${name} resolvers`, write: () => generateResolverTypes(name) })),
  { what: 'tracker page', write: () => buildExamplePage('tracker') },
];
const written = await inLanes(2, work, async ({ what, write }) => ((await write()) ? [what] : []));
if (written.flat().length > 0)
  console.log(`generated ${written.flat().join(', ')} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
