// npm run smoke
// The promises of the shop against a running system, over HTTP only. Exits 1 when one does not hold.
import { RequestError } from '../client/graph.ts';
import { openWorld, type World } from '../client/world.ts';
import { scenarios } from './scenarios.ts';

const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:4000';
const simulator = process.env['SIMULATOR_URL'] ?? 'http://127.0.0.1:4010';

await using world = openWorld({ gateway, simulator });
const silent = await silence(world);
if (silent === null) process.exitCode = (await runAll(world)) === 0 ? 0 : 1;
else {
  console.error(`smoke: ${silent}: start the system with "npm start", or set GATEWAY_URL and SIMULATOR_URL.`);
  process.exitCode = 1;
}

/** Who does not answer, or `null`. */
async function silence({ graph, simulator: provider }: World): Promise<string | null> {
  try {
    await graph.ask('Categories', {});
  } catch (error) {
    return `no graph answers at ${graph.url} (${reasonOf(error)})`;
  }
  return provider.ledger('nobody').then(
    () => null,
    (error: unknown) => `no payment simulator answers at ${simulator} (${reasonOf(error)})`,
  );
}

async function runAll(seen: World): Promise<number> {
  const width = Math.max(...scenarios.map(({ title }) => title.length));
  const failures: (readonly [title: string, reason: string])[] = [];
  const startedAt = performance.now();
  for (const { title, run } of scenarios) {
    const begunAt = performance.now();
    process.stdout.write(`${title.padEnd(width)}  `);
    const outcome = await run(seen).then(
      () => 'ok',
      (error: unknown) => {
        failures.push([title, error instanceof Error ? error.message : String(error)]);
        return 'failed';
      },
    );
    console.log(`${outcome.padEnd(6)} ${(performance.now() - begunAt).toFixed(0).padStart(6)} ms`);
  }
  for (const [title, reason] of failures) console.error(`\n✗ ${title}\n  ${reason.replaceAll('\n', '\n  ')}`);
  const passed = scenarios.length - failures.length;
  console.log(`\n${String(passed)} passed, ${String(failures.length)} failed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return failures.length;
}

/** The last line of a chain of causes: what the network said. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  if (error instanceof RequestError && cause === undefined) return error.message.split('\n').at(-1)?.trim() ?? '';
  if (cause !== undefined) return reasonOf(cause);
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
