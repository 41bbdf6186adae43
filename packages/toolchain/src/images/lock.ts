import { readFileSync } from 'node:fs';
import { inRoot } from '../repository.ts';

/** One entry of `package-lock.json`, as far as images are concerned. */
export interface LockedPackage {
  /** Present with `link`: the workspace it stands for. */
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Path of a package as the lock spells it, `node_modules/pg` or `subgraphs/orders`, to its entry. */
export type Lock = Readonly<Record<string, LockedPackage>>;

/** What a program needs to run, as paths of the lock. */
export interface Reachable {
  readonly workspaces: readonly string[];
  readonly packages: readonly string[];
  /** Links below `node_modules`, and the workspaces they lead to. */
  readonly links: readonly { readonly path: string; readonly workspace: string }[];
}

/** The lock of this repository. */
export function readLock(): Lock {
  return (JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')) as { packages: Lock }).packages;
}

/**
 * Everything that is reached from workspaces over dependencies, optional dependencies and required peers. What a lock holds besides, optional peers such
 * as command lines among it, stays out.
 *
 * @param cut names of packages that are not followed.
 * @throws {Error} a required dependency is not in the lock.
 */
export function reachableFrom(lock: Lock, workspaces: readonly string[], cut: readonly string[] = []): Reachable {
  const packages = new Set<string>();
  const links = new Map<string, string>();
  const queue = [...workspaces];
  const seen = new Set(queue);
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const entry = lock[path];
    if (entry === undefined) throw new Error(`package-lock.json has no ${path}`);
    if (path.includes('node_modules/')) packages.add(path);
    for (const { name, required } of needsOf(entry)) {
      if (cut.includes(name)) continue;
      const found = locate(lock, path, name);
      if (found === null && required) throw new Error(`${path} needs ${name}, which package-lock.json does not have: npm install`);
      if (found === null) continue;
      const workspace = lock[found]?.link === true ? lock[found].resolved : undefined;
      if (workspace !== undefined) links.set(found, workspace);
      const target = workspace ?? found;
      if (!seen.has(target)) queue.push(target);
      seen.add(target);
    }
  }
  return {
    workspaces: [...seen].filter((path) => !path.includes('node_modules/')).sort(),
    packages: [...packages].sort(),
    links: [...links].map(([path, workspace]) => ({ path, workspace })),
  };
}

function needsOf(entry: LockedPackage): { readonly name: string; readonly required: boolean }[] {
  const optional = new Set(Object.keys(entry.optionalDependencies ?? {}));
  const peers = Object.keys(entry.peerDependencies ?? {}).filter((name) => entry.peerDependenciesMeta?.[name]?.optional !== true);
  const names = new Set([...Object.keys(entry.dependencies ?? {}), ...peers, ...optional]);
  return [...names].map((name) => ({ name, required: !optional.has(name) }));
}

/** Node's own search: the nearest `node_modules` on the way up. */
function locate(lock: Lock, from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (!folder.endsWith('node_modules') && Object.hasOwn(lock, path)) return path;
    if (folder === '') return null;
  }
}
