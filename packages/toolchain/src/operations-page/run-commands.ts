import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from '../clean-environment.ts';
import { freePort } from '../free-port.ts';
import type { Page } from '../readme/markdown.ts';
import { root } from '../repository.ts';
import { commandsOf } from './operations-problems.ts';

const readyWithinMs = 240_000;
const stopWithinMs = 120_000;

/**
 * Runs the commands of the blocks marked `run`, and starts and stops those of the blocks marked `start`: a system gets a folder and ports of its own, must say
 * `ready`, sell something to `npm run smoke`, and end with 0 on SIGTERM.
 *
 * @param say called with a line for each command.
 * @returns one line for each that did not.
 */
export async function runCommands({ fences }: Page, say: (line: string) => void): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const fence of fences.filter(({ language }) => language === 'sh')) {
    const how = fence.marks.includes('run') ? ended : fence.marks.includes('start') ? startedAndStopped : null;
    if (how === null) continue;
    for (const command of commandsOf(fence)) {
      const begun = performance.now();
      const problem = await how(command);
      if (problem !== null) problems.push(`docs/operations.md:${String(fence.line)} ${command}: ${problem}`);
      say(`${problem === null ? 'ran' : 'FAILED'}  ${command}  (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
    }
  }
  return problems;
}

async function ended(command: string): Promise<string | null> {
  const { child, printed } = run(command, {});
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? null : `ended with ${String(code)}\n${printed().slice(-4_000)}`;
}

async function startedAndStopped(command: string): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tally-docs-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user when this runs as root
  // Of many processes all are on free ports where one is, and each says where.
  const simulatorPort = String(await freePort());
  const ports = { PORT: '0', METRICS_PORT: '0', SIMULATOR_PORT: simulatorPort };
  const { child, printed, kill } = run(command, { DATA_DIR: join(folder, 'data'), ...ports });
  const exited = once(child, 'close') as Promise<[number | null]>;
  try {
    const gatewayUrl = await ready(child, printed);
    const simulatorUrl = /^\s+payment-simulator\s+(https?:\S+)/m.exec(printed())?.[1] ?? `http://127.0.0.1:${simulatorPort}`;
    const addresses = { GATEWAY_URL: new URL(gatewayUrl).origin, SIMULATOR_URL: simulatorUrl };
    const smoke = await smoked(addresses);
    child.kill('SIGTERM');
    const late = setTimeout(kill, stopWithinMs);
    const [code] = await exited;
    clearTimeout(late);
    if (smoke !== null) return smoke;
    return code === 0 ? null : `ended with ${String(code)} on SIGTERM\n${printed().slice(-4_000)}`;
  } catch (error) {
    kill();
    await exited;
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function smoked(addresses: Readonly<Record<string, string>>): Promise<string | null> {
  const { child, printed } = run('npm run --silent smoke', addresses);
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? null : `npm run smoke ended with ${String(code)}\n${printed().slice(-4_000)}`;
}

/** @returns the address that the line that begins with "ready" names. */
async function ready(child: ChildProcess, printed: () => string): Promise<string> {
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const url = /^ready\b.*?(https?:\/\/\S+)/m.exec(printed())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`ended with ${String(child.exitCode)}\n${printed().slice(-4_000)}`);
    if (performance.now() > deadline)
      throw new Error(`printed no "ready" within ${String(readyWithinMs / 1000)} s\n${printed().slice(-4_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function run(command: string, environment: Readonly<Record<string, string>>) {
  // Directly under the shell's process, so that SIGTERM reaches npm and not a shell that waits for it.
  const child = spawn('bash', ['-c', `exec ${command}`], {
    cwd: root,
    env: cleanEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that nothing stays behind
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  return { child, printed: () => text, kill };
}
