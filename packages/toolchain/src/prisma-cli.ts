import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { type DatabaseSchema, inRoot, root } from './repository.ts';

/** What a finished command printed, both streams in order, and its exit code. */
export type Finished = { readonly code: number; readonly printed: string };

/**
 * Runs the Prisma CLI for one schema, from the root as people do.
 *
 * @param ownerUrl the database it works on; absent for commands that connect to none.
 * @param stdin `inherit` where a person may be asked something; `ignore` makes it refuse instead of asking.
 */
export async function runPrisma(
  { name, folder }: DatabaseSchema,
  args: readonly string[],
  { ownerUrl, stdin = 'ignore' }: { ownerUrl?: string; stdin?: 'inherit' | 'ignore' } = {},
): Promise<Finished> {
  const variable = `${name.toUpperCase()}_OWNER_DATABASE_URL`;
  const cli = inRoot('node_modules', 'prisma', 'build', 'index.js');
  // The engine's first line asks for `node`, which must be the one that runs this.
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const url = ownerUrl === undefined ? {} : { [variable]: ownerUrl };
  const child = spawn(process.execPath, [cli, ...args, '--config', `${folder}/prisma.config.ts`], {
    cwd: root,
    stdio: [stdin, 'pipe', 'pipe'],
    env: { ...process.env, PATH: path, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', ...url },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, printed };
}
