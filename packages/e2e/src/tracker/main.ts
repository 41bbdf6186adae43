// npm run test:tracker -- [--url http://…/tracker/]: walks through the page as people do, at two widths and in both colours. Takes about two minutes.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { eraseEmbeddedPostgres } from '@tally/embedded';
import { live } from '../resume/system.ts';
import { freePort } from '../topologies/app-process.ts';
import { openBrowser } from './browser.ts';
import { journeys } from './journeys.ts';
import { looks } from './looks.ts';
import { visitorOf, type Visitor } from './visitor.ts';

const pictures = fileURLToPath(new URL('../../../../.artifacts/tracker/', import.meta.url));
const { values } = parseArgs({ options: { url: { type: 'string' } } });

await using stack = new AsyncDisposableStack();
await rm(pictures, { recursive: true, force: true });
await mkdir(pictures, { recursive: true });
const url = values.url ?? (await startSystem(stack));
const answer = await fetch(url);
if (!answer.ok)
  throw new Error(`${url} answers ${String(answer.status)}: is the page built (npm run build -w @tally/tracker), and served?`);
const browser = stack.use(await openBrowser());

let failed = 0;
for (const look of looks) {
  console.log(look.name);
  await using visitor = await visitorOf(browser, url, look, pictures);
  for (const { title, run } of journeys) if (!(await walk(title, () => run(visitor), visitor))) failed++;
}
console.log(failed === 0 ? `tracker: passed, pictures in ${pictures}` : `tracker: ${String(failed)} FAILED, pictures in ${pictures}`);
process.exitCode = failed === 0 ? 0 : 1;

async function walk(title: string, run: () => Promise<void>, visitor: Visitor): Promise<boolean> {
  const begunAt = performance.now();
  try {
    await run();
    console.log(`  ok      ${title} (${(performance.now() - begunAt).toFixed(0)} ms)`);
    return true;
  } catch (error) {
    await visitor.photograph(`failed-${title.slice(0, 40).replaceAll(/\W+/g, '-')}`);
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`  FAILED  ${title}\n    ${reason.slice(0, 1_000).replaceAll('\n', '\n    ')}`);
    return false;
  }
}

/** The whole system as one process, on a folder that is deleted afterwards. @returns where it serves the page. */
async function startSystem(owner: AsyncDisposableStack): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tally-tracker-'));
  owner.defer(async () => {
    await eraseEmbeddedPostgres(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });
  const place = { dataDir, port: await freePort(), simulatorPort: await freePort(), metricsPort: await freePort() };
  const life = await live(place);
  if (!life.alive()) throw new Error(`the system does not start:\n${life.printed()}`);
  owner.defer(() => life.end('SIGTERM').then(() => undefined));
  return `http://127.0.0.1:${String(place.port)}/tracker/`;
}
