import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../repository.ts';
import type { Fence, Page } from './markdown.ts';
import { isRunnable } from './readme-problems.ts';

/** Where the system listens that the commands talk to. */
export type Addresses = { readonly graphUrl: string; readonly simulatorUrl: string };

const DOCUMENTED_GRAPH = /http:\/\/(localhost|127\.0\.0\.1):4000/g;
const DOCUMENTED_SIMULATOR = /http:\/\/(localhost|127\.0\.0\.1):4010/g;
const MARK = '@@ block ';

/**
 * Runs the blocks marked "sh run", in order and in one shell, so that a variable set in one is there in the next.
 *
 * A `json` block right after one is the output it promises: the answer must have the same shape, values may differ.
 *
 * @returns one line for each block that failed or answered otherwise.
 */
export async function runBlocks({ fences }: Page, { graphUrl, simulatorUrl }: Addresses): Promise<string[]> {
  const blocks = fences.flatMap((fence, at) => (isRunnable(fence) ? [{ fence, promised: promisedBy(fences[at + 1]) }] : []));
  const toScratch = (text: string) =>
    text.replace(DOCUMENTED_GRAPH, new URL(graphUrl).origin).replace(DOCUMENTED_SIMULATOR, new URL(simulatorUrl).origin);
  const script = blocks.map(({ fence }, at) => `printf '%s\\n' '${MARK}${String(at)}'\n${toScratch(fence.text)}`).join('\n');

  const { code, out, err } = await runShell(script);
  const outputs = out.split(new RegExp(`^${MARK}\\d+\n`, 'm')).slice(1);
  return blocks.flatMap(({ fence, promised }, at) => {
    const where = `README.md:${String(fence.line)}`;
    const output = outputs[at];
    if (output === undefined) return [`${where} was not reached`];
    if (code !== 0 && at === outputs.length - 1) return [`${where} ended with ${String(code)}\n${output}${err}`];
    if (promised === null) return [];
    const difference = shapeDifference(promised, parseJson(output), '');
    return difference === null ? [] : [`${where} answers otherwise than shown: ${difference}\n${output}`];
  });
}

function promisedBy(next: Fence | undefined): unknown {
  return next?.language === 'json' ? JSON.parse(next.text) : null;
}

async function runShell(script: string): Promise<{ code: number | null; out: string; err: string }> {
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  shell.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(shell, 'close')) as [number | null];
  return { code, out, err };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where two JSON values differ in shape: names of fields and kinds of values, not the values. Null when they do not. */
export function shapeDifference(promised: unknown, actual: unknown, path: string): string | null {
  const here = path === '' ? 'the answer' : path;
  if (kindOf(promised) !== kindOf(actual)) return `${here} is ${kindOf(actual)}, not ${kindOf(promised)}`;
  if (Array.isArray(promised) && Array.isArray(actual)) {
    if (promised.length === 0 || actual.length === 0) return promised.length === actual.length ? null : `${here} differs in being empty`;
    return shapeDifference(promised[0], actual[0], `${path}[0]`);
  }
  if (!isRecord(promised) || !isRecord(actual)) return null;
  const missing = Object.keys(promised).find((key) => !(key in actual));
  if (missing !== undefined) return `${here} has no "${missing}"`;
  for (const [key, value] of Object.entries(promised)) {
    const difference = shapeDifference(value, actual[key], path === '' ? key : `${path}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'object';
}
