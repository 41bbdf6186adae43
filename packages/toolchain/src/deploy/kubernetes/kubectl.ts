import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { root } from '../../repository.ts';
import { parseObjects, type KubernetesObject } from './objects.ts';

/** The overlays of `k8s/overlays`. */
export type Overlay = 'local' | 'production';

/** Whether there is a kubectl on the PATH. Suites that need one are skipped by name where there is none. */
export const kubectlFound = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'kubectl')));

/** Enough for a machine that has much else to do, in milliseconds; by itself it takes half a second. */
export const renderTimeoutMs = 60_000;

/**
 * What a folder, seen from the repository, renders to. Asks no cluster and no network.
 *
 * @throws {Error} kustomize's own words.
 */
function renderText(folder: string): string {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', resolve(root, folder)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`kubectl kustomize ${folder}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

/** The objects of a folder; those of an overlay are rendered once per process. */
export const render = (folder: string): readonly KubernetesObject[] => parseObjects(renderText(folder));

const rendered = new Map<Overlay, readonly KubernetesObject[]>();

/** The objects of an overlay. Not to be changed: everybody gets the same. @throws {Error} as `renderText`. */
export function overlay(name: Overlay): readonly KubernetesObject[] {
  const objects = rendered.get(name) ?? render(`k8s/overlays/${name}`);
  rendered.set(name, objects);
  return objects;
}
