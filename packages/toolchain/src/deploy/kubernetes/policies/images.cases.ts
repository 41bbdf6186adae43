import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { inRoot } from '../../../repository.ts';
import { kubectlFound, overlay, renderTimeoutMs } from '../kubectl.ts';
import { containersOf, workloadsOf } from '../workloads.ts';
import { describePolicies } from '../broken.ts';
import { images } from './images.ts';

const image = '/spec/template/spec/containers/app/image';

describePolicies('images', images, [
  { policy: 'an image has a version', overlay: 'local', object: 'Deployment/orders-api', set: [image, 'tally/orders'] },
  {
    policy: 'an image has a version',
    overlay: 'local',
    object: 'StatefulSet/postgres',
    set: ['/spec/template/spec/containers/postgres/image', 'postgres:latest'],
  },
  {
    policy: 'production runs images by digest',
    overlay: 'production',
    object: 'Deployment/orders-api',
    set: [image, 'registry.example/tally/orders:1.4.2'],
  },
  {
    policy: 'production runs images by digest',
    overlay: 'production',
    object: 'Job/bootstrap',
    set: [image, 'registry.example/tally/migrate@sha256:abc'],
  },
]);

test.skipIf(!kubectlFound)('the local overlay runs the images that docker-compose.yml runs', { timeout: renderTimeoutMs }, () => {
  const { services } = parse(readFileSync(inRoot('docker-compose.yml'), 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly image: string }>>;
  };
  const composed = Object.values(services).map(({ image }) => image.replace(/\$\{\w+:-(.+)\}/, '$1'));
  const images = workloadsOf(overlay('local')).flatMap((workload) => containersOf(workload).map(({ image = '' }) => image));
  expect([...new Set(images)].sort()).toEqual([...new Set(composed)].sort());
});
