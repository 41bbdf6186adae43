import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CouldNotCheckError } from './could-not-check.ts';
import { git } from './git.ts';
import { readGraph, type Graph } from './graph.ts';
import { PROMISES, toSources } from './operation-sources.ts';
import type { OperationSource } from './operations.ts';

/** What the working tree is compared with. */
export interface FormerSide {
  readonly name: string;
  readonly graph: Graph;
  /** Operations as they were then: clients that are out there send them, whatever the working tree says by now. */
  readonly sources: readonly OperationSource[];
  readonly notes: readonly string[];
}

const SUPERGRAPH = 'gateway/supergraph.graphql';

/**
 * Reads the former side: a file with a supergraph or an API schema, or else a git ref.
 *
 * @param against a file or a ref; `null`: `origin/main` where there is one, `main` otherwise.
 * @throws {CouldNotCheckError} there is no such thing, or no supergraph in it.
 */
export function readFormerSide(folder: string, against: string | null): FormerSide {
  const path = against === null ? null : resolve(folder, against);
  if (against !== null && path !== null && existsSync(path) && statSync(path).isFile())
    return { name: against, graph: readGraph(readFileSync(path, 'utf8'), against), sources: [], notes: [] };
  const ref = against ?? ['origin/main', 'main'].find((name) => commitOf(folder, name) !== null);
  if (ref === undefined) throw new CouldNotCheckError('there is no origin/main and no main here: name a ref or a file by --against');
  const commit = commitOf(folder, ref);
  if (commit === null)
    throw new CouldNotCheckError(`--against ${ref}: neither a file nor a git ref (in a shallow clone: git fetch origin)`);
  const sdl = git(folder, 'show', `${commit}:./${SUPERGRAPH}`);
  if (sdl === null) throw new CouldNotCheckError(`--against ${ref}: it has no ${SUPERGRAPH}`);
  return {
    name: ref,
    graph: readGraph(sdl, `${ref}:${SUPERGRAPH}`),
    sources: sourcesAt(folder, commit),
    notes: notesAbout(folder, ref, commit),
  };
}

function commitOf(folder: string, ref: string): string | null {
  return git(folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)?.trim() ?? null;
}

// Files that did not change are read from the working tree, which saves a process for each.
function sourcesAt(folder: string, commit: string): readonly OperationSource[] {
  const list = (...args: readonly string[]): readonly string[] =>
    (git(folder, ...args, '--', ...PROMISES) ?? '').split('\0').filter(Boolean);
  const changed = new Set(list('diff', '--name-only', '--no-renames', '--relative', '-z', commit));
  const files = list('ls-tree', '-r', '--name-only', '-z', commit);
  return toSources(files, (file) =>
    changed.has(file) ? git(folder, 'show', `${commit}:./${file}`) : readFileSync(join(folder, file), 'utf8'),
  );
}

// What was added there and is missing here looks like something that was removed.
function notesAbout(folder: string, ref: string, commit: string): readonly string[] {
  const behind = Number(git(folder, 'rev-list', '--count', `HEAD..${commit}`) ?? 0);
  if (behind === 0) return [];
  const commits = behind === 1 ? '1 commit' : `${String(behind)} commits`;
  return [`${ref} has ${commits} that this branch lacks: what came with them counts as removed here; rebase first`];
}
