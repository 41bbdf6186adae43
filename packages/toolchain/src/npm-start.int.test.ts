import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePorts, npmStart } from './npm-start.ts';

async function aCheckout(program: string) {
  const folder = await mkdtemp(join(tmpdir(), 'tally-npm-start-'));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'checkout', private: true, scripts: { start: 'exec node run.js' } }),
  );
  await writeFile(join(folder, 'run.js'), program);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test('a system is started once it says so, and ends as it ends after SIGTERM', async () => {
  const program = `
    process.on('SIGTERM', () => setTimeout(() => process.exit(0), 50));
    console.log('  preparing');
    setTimeout(() => console.log('ready  http://127.0.0.1:' + process.env.PORT + '/graphql  (0.1 s)'), 50);
    setInterval(() => {}, 1000);`;
  await using checkout = await aCheckout(program);
  const ports = await freePorts();

  const system = await npmStart(checkout.folder, {}, ports, 10_000);

  expect(system.graphUrl).toBe(`http://127.0.0.1:${ports.PORT}/graphql`);
  expect(await system.stop()).toBe(0);
  expect(await system.stop()).toBe(0);
});

test('a start that fails tells what it printed', async () => {
  await using checkout = await aCheckout(`console.error('port 4000 is taken'); process.exit(1);`);

  await expect(npmStart(checkout.folder, {}, await freePorts(), 10_000)).rejects.toThrow(/ended with 1[^]*port 4000 is taken/);
});

test('a start that stays silent is given up', async () => {
  await using checkout = await aCheckout('setInterval(() => {}, 1000);');

  await expect(npmStart(checkout.folder, {}, await freePorts(), 1_000)).rejects.toThrow('printed no "ready" within 1000 ms');
});
