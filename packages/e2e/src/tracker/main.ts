// npm run test:tracker -- [--url http://…/tracker/]: walks through the page as people do, at two widths and in both colours. Takes about two minutes.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { eraseEmbeddedPostgres } from '@tally/embedded';
import { live, type Life, type Place } from '../harness/life.ts';
import { freePort } from '../topologies/app-process.ts';
import { openBrowser } from './browser.ts';
import { journeys, outlivesTheShop } from './journeys.ts';
import { looks } from './looks.ts';
import { visitorOf, type Visitor } from './visitor.ts';

const pictures = fileURLToPath(new URL('../../../../.artifacts/tracker/', import.meta.url));
const { values } = parseArgs({ options: { url: { type: 'string' } } });

await using stack = new AsyncDisposableStack();
await rm(pictures, { recursive: true, force: true });
await mkdir(pictures, { recursive: true });
const system = values.url === undefined ? await startSystem(stack) : null;
const url = system?.url ?? values.url ?? '';
const answer = await fetch(url);
if (!answer.ok)
  throw new Error(`${url} answers ${String(answer.status)}: is the page built (npm run build -w @tally/tracker), and served?`);
const browser = stack.use(await openBrowser());

let failed = 0;
for (const look of looks) {
  console.log(look.name);
  await using visitor = await visitorOf(browser, url, look, pictures);
  for (const { title, run } of journeys) if (!(await walk(title, () => run(visitor), visitor))) failed++;
  if (system === null) continue;
  const { title, before, away, after } = outlivesTheShop;
  const outlived = await walk(
    title,
    async () => {
      await before(visitor);
      await system.restart(() => away(visitor));
      await after(visitor);
    },
    visitor,
  );
  if (!outlived) failed++;
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

interface System {
  /** Where it serves the page. */
  readonly url: string;
  /** Stops it, and starts it again on the same folder and port when the work is done. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
}

/** The whole system as one process, on a folder that is deleted afterwards. */
async function startSystem(owner: AsyncDisposableStack): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tally-tracker-'));
  owner.defer(async () => {
    await eraseEmbeddedPostgres(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });
  const place: Place = { dataDir, port: await freePort(), simulatorPort: await freePort(), metricsPort: await freePort() };
  let life = await begin(place);
  owner.defer(() => life.end('SIGTERM').then(() => undefined));
  return {
    url: `http://127.0.0.1:${String(place.port)}/tracker/`,
    async restart(meanwhile) {
      await life.end('SIGTERM');
      try {
        await meanwhile();
      } finally {
        life = await begin(place);
      }
    },
  };
}

async function begin(place: Place): Promise<Life> {
  const life = await live(place);
  if (!life.alive()) throw new Error(`the system does not start:\n${life.printed()}`);
  return life;
}
