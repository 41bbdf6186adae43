import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { root, subgraphNames } from '../repository.ts';
import type { Edit } from './guard.ts';

/** A copy of the repository as it stands, in which sources can be broken. Installed packages are links to those of the repository. */
export interface ScratchCopy extends AsyncDisposable {
  readonly folder: string;
  /**
   * Breaks sources until disposal.
   *
   * @throws {Error} a text that is to be replaced does not occur exactly once: the guard has moved.
   */
  broken(edits: readonly Edit[]): Promise<AsyncDisposable>;
}

/** Copies what git knows and what is generated. */
export async function openScratchCopy(): Promise<ScratchCopy> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tally-guards-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const generated = subgraphNames().map((name) => `subgraphs/${name}/src/generated`);
  for (const file of [...known(), ...generated]) {
    if (!existsSync(join(root, file))) continue; // deleted, and not committed yet
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file), { recursive: true });
  }
  await linkPackages(folder);
  const owned = stack.move();
  return {
    folder,
    async broken(edits) {
      const sound = new Map<string, string>();
      await using undo = new AsyncDisposableStack();
      undo.defer(async () => {
        for (const [file, text] of sound) await writeFile(join(folder, file), text);
      });
      for (const { file, find, replace } of edits) {
        const text = await readFile(join(folder, file), 'utf8');
        const places = text.split(find).length - 1;
        if (places !== 1) throw new Error(`${file} has the text to replace ${String(places)} times, not once: ${find}`);
        if (!sound.has(file)) sound.set(file, text);
        await writeFile(
          join(folder, file),
          text.replace(find, () => replace),
        );
      }
      return undo.move();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function known(): readonly string[] {
  const { stdout, status, stderr } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  if (status !== 0) throw new Error(`git does not list the sources: ${stderr}`);
  return stdout.split('\0').filter((file) => file !== '');
}

/** Our own packages are links into the repository: here they lead into the copy. */
async function linkPackages(folder: string): Promise<void> {
  const installed = join(root, 'node_modules');
  await mkdir(join(folder, 'node_modules', '@tally'), { recursive: true });
  for (const name of await readdir(installed)) {
    if (name !== '@tally') await symlink(join(installed, name), join(folder, 'node_modules', name));
  }
  for (const name of await readdir(join(installed, '@tally'))) {
    await symlink(await readlink(join(installed, '@tally', name)), join(folder, 'node_modules', '@tally', name));
  }
}
