import { complaints, type Policy } from '../policy.ts';
import { appOf, containersOf, workloadsOf } from '../workloads.ts';
import { bytesOf } from './quantities.ts';

const sized: Policy = {
  rule: 'each container says what it needs; memory is bounded by that, CPU is not',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload).flatMap(({ name, resources }) => {
        const { requests = {}, limits = {} } = resources ?? {};
        return complaints(workload.name, {
          [`${name} requests no CPU`]: requests['cpu'] !== undefined,
          [`${name} has a CPU limit`]: limits['cpu'] === undefined,
          [`${name} requests no memory`]: requests['memory'] !== undefined,
          [`${name} has another memory limit than it requests`]: limits['memory'] === requests['memory'],
          [`${name} says nothing of ephemeral storage`]:
            requests['ephemeral-storage'] !== undefined && limits['ephemeral-storage'] !== undefined,
        });
      }),
    ),
};

const heapShare = 0.75;

const heap: Policy = {
  rule: 'the heap of Node may fill three quarters of the memory limit',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload)
        .filter(({ image }) => appOf(image) !== null)
        .flatMap(({ resources, env = [] }) => {
          const options = env.find(({ name }) => name === 'NODE_OPTIONS')?.value ?? '';
          const heapMb = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]);
          const limitMb = bytesOf(resources?.limits?.['memory']) / 2 ** 20;
          return complaints(workload.name, { [`${String(heapMb)} of ${String(limitMb)} MiB`]: heapMb === limitMb * heapShare });
        }),
    ),
};

/** Hashes at once, and a thread for names and files (subgraphs/users, password hasher). */
const hashingThreads = 4;

const hashing: Policy = {
  rule: 'users has a thread more than passwords are hashed at once',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload)
        .filter(({ image }) => appOf(image) === 'users')
        .flatMap(({ env = [] }) => {
          const threads = Number(env.find(({ name }) => name === 'UV_THREADPOOL_SIZE')?.value ?? 0);
          return complaints(workload.name, { [`UV_THREADPOOL_SIZE is ${String(threads)}`]: threads >= hashingThreads });
        }),
    ),
};

export const resources = [sized, heap, hashing];
