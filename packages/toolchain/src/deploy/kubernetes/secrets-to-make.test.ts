import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeSecretsFolder } from '../../../../embedded/src/database/secrets-folder.ts';
import { inRoot } from '../../repository.ts';
import { kubectlFound, overlay, render, renderTimeoutMs, type Overlay } from './kubectl.ts';
import { ofKind } from './objects.ts';
import { secretFilesOf, workloadsOf } from './workloads.ts';

/** `redis url` for every key of a Secret that a pod mounts. */
const mounted = (name: Overlay): ReadonlySet<string> =>
  new Set(workloadsOf(overlay(name)).flatMap((workload) => secretFilesOf(workload).map(({ secret, key }) => `${secret} ${key}`)));

describe.skipIf(!kubectlFound)(`secrets to make${kubectlFound ? '' : ' (kubectl is missing)'}`, { timeout: renderTimeoutMs }, () => {
  test('npm run secrets and k8s/overlays/local/secrets make every Secret that the local overlay mounts, and no other key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tally-secrets-'));
    try {
      copyFileSync(inRoot('k8s/overlays/local/secrets/kustomization.yaml'), join(folder, 'kustomization.yaml'));
      await writeSecretsFolder(join(folder, 'files'), { postgres: 'postgres:5432', redis: 'redis:6379' });
      const made = ofKind(render(folder), 'Secret').flatMap(({ metadata, data = {} }) =>
        Object.keys(data).map((key) => `${metadata.name} ${key}`),
      );
      expect(made.sort()).toEqual([...mounted('local')].sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('k8s/README.md lists every Secret that production mounts, with its keys, and no other', () => {
    const [, section = ''] = readFileSync(inRoot('k8s/README.md'), 'utf8').split('\n### Secrets of production\n');
    const rows = (section.split('\n#')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
    const listed = rows.flatMap((row) => {
      const [, names = '', keys = ''] = row.split('|');
      const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one);
      return quoted(names).flatMap((name) => quoted(keys).map((key) => `${name} ${key}`));
    });
    expect(listed.sort()).toEqual([...mounted('production')].sort());
  });
});
