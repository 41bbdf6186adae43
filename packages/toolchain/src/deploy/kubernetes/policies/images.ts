import { complaints, type Policy } from '../policy.ts';
import { containersOf, workloadsOf } from '../workloads.ts';

const pinned: Policy = {
  rule: 'an image has a version',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload).flatMap(({ image = '' }) =>
        complaints(workload.name, {
          [`${image} has none`]: /(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(image) && !image.endsWith(':latest'),
        }),
      ),
    ),
};

const byDigest: Policy = {
  rule: 'production runs images by digest',
  only: 'production',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload).flatMap(({ image = '' }) =>
        complaints(workload.name, { [`${image} can change under it`]: /@sha256:[0-9a-f]{64}$/.test(image) }),
      ),
    ),
};

export const images = [pinned, byDigest];
