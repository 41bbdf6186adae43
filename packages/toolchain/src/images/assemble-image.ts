import { existsSync, readdirSync } from 'node:fs';
import { constants, copyFile, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { inLanes } from '../in-lanes.ts';
import { inRoot } from '../repository.ts';
import type { ImagePlan } from './image-plan.ts';
import { shipsOfFolder, shipsOfPackage, shipsOfWorkspace } from './shipped-files.ts';

/** What an assembled folder holds. */
export interface AssembledImage {
  readonly files: number;
  readonly bytes: number;
}

const COPIES_AT_ONCE = 16;

/**
 * Puts an image's files into an empty folder, as the final stage of the Dockerfile has them: workspaces in their places, packages below
 * `node_modules`, and **links** from there to the workspaces, because Node strips no types of files that really lie below `node_modules`.
 *
 * @throws {Error} the folder is not empty, or something that must be installed or generated is not there.
 */
export async function assembleImage(plan: ImagePlan, folder: string): Promise<AssembledImage> {
  assertGenerated(plan);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty`);

  const files = filesOf(plan);
  for (const place of new Set(files.map(({ to }) => dirname(join(folder, to))))) await mkdir(place, { recursive: true });
  const sizes = await inLanes(COPIES_AT_ONCE, files, async ({ from, to }) => {
    await copyFile(inRoot(from), join(folder, to), constants.COPYFILE_FICLONE);
    return (await stat(join(folder, to))).size;
  });
  for (const { path, workspace } of plan.links) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(relative(dirname(path), workspace), join(folder, path));
  }
  await writeFile(join(folder, 'image.json'), `${JSON.stringify({ name: plan.name, port: plan.app?.port ?? null })}\n`);
  return { files: files.length + 1, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Every file of an image: where it is in this repository, and where in the image. */
function filesOf(plan: ImagePlan): { readonly from: string; readonly to: string }[] {
  const same = [
    ...plan.workspaces.flatMap((workspace) => filesBelow(workspace, shipsOfWorkspace)),
    ...plan.packages.flatMap((path) =>
      filesBelow(path, (file) => shipsOfPackage(path.slice(path.lastIndexOf('node_modules/') + 13), file)),
    ),
    ...plan.folders.flatMap((path) => filesBelow(path, shipsOfFolder)),
  ];
  const healthCheck = plan.app === null ? [] : [{ from: 'packages/toolchain/src/healthcheck.ts', to: 'healthcheck.ts' }];
  return [...same.map((path) => ({ from: path, to: path })), ...healthCheck];
}

function filesBelow(folder: string, ships: (path: string) => boolean): string[] {
  return readdirSync(inRoot(folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return []; // has entries of its own in the lock
    if (entry.isFile()) return ships(entry.name) ? [`${folder}/${entry.name}`] : [];
    if (!entry.isDirectory()) return [];
    return filesBelow(`${folder}/${entry.name}`, (path) => ships(`${entry.name}/${path}`));
  });
}

function assertGenerated({ workspaces }: ImagePlan): void {
  const bare = workspaces.filter((path) => path.startsWith('subgraphs/') && !existsSync(inRoot(path, 'src', 'generated', 'prisma')));
  if (bare.length > 0) throw new Error(`${bare.join(', ')}: no database client is generated: npm run generate`);
}
