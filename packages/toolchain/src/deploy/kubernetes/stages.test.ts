import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inRoot } from '../../repository.ts';
import { kubectlFound, overlay, render, renderTimeoutMs } from './kubectl.ts';
import { nameOf } from './objects.ts';

/** The folders of an overlay, in the order in which they are applied. */
const stagesOf = (name: string): readonly string[] => {
  const text = readFileSync(inRoot('k8s/overlays', name, 'kustomization.yaml'), 'utf8');
  return (parse(text) as { readonly resources: readonly string[] }).resources;
};

describe.skipIf(!kubectlFound)(`stages${kubectlFound ? '' : ' (kubectl is missing)'}`, { timeout: renderTimeoutMs }, () => {
  test.each(['local', 'production'] as const)('the folders of %s render one by one, and are all of it', (name) => {
    const parts = stagesOf(name).flatMap((stage) => render(`k8s/overlays/${name}/${stage}`).map(nameOf));
    expect(parts.sort()).toEqual(overlay(name).map(nameOf).sort());
  });

  test.each(['local', 'production'] as const)('%s: stores first, then roles, migrations, and the apps last', (name) => {
    const stages = stagesOf(name);
    expect(stages.filter((stage) => stage !== 'seed')).toEqual(['data', 'bootstrap', 'migrations', 'apps']);
    expect(stages.at(-1)).toBe('apps');
  });

  test.each(['local', 'production'] as const)('%s is closed before anything runs in it', (name) => {
    const first = render(`k8s/overlays/${name}/${stagesOf(name)[0] ?? ''}`).map(nameOf);
    expect(first).toEqual(
      expect.arrayContaining(['Namespace/tally', 'NetworkPolicy/nothing', 'NetworkPolicy/names', 'NetworkPolicy/databases']),
    );
  });
});
