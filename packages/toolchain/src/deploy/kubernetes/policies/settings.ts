import type { KubernetesObject } from '../objects.ts';
import type { Policy } from '../policy.ts';
import { variablesOf } from '../variables.ts';
import { containersOf, workloadsOf, type Workload } from '../workloads.ts';

/** What a program says about its environment. */
export interface Program {
  /** Whether it asks for a variable of this environment. */
  readonly reads: (name: string, environment: Readonly<Record<string, string>>) => boolean;
  /** Its own complaint about an environment; `null`: it would start. */
  readonly complaintAbout: (environment: Readonly<Record<string, string>>) => string | null;
}

/** Read by Node and its libraries, before any program of ours. */
const OF_THE_RUNTIME = ['NODE_OPTIONS', 'UV_THREADPOOL_SIZE'];

/** @param programOf the program that a workload of ours runs; `null`: there is none. */
export function settingPolicies(programOf: (workload: Workload) => Program | null): readonly Policy[] {
  const ours = (objects: readonly KubernetesObject[]) => workloadsOf(objects).filter(({ ours: own }) => own);
  const runnable: Policy = {
    rule: 'a pod of ours runs a program that exists',
    find: (objects) =>
      ours(objects)
        .filter((workload) => programOf(workload) === null)
        .map(({ name, pod }) => ({ object: name, says: JSON.stringify(pod.containers.map(({ image, command }) => command ?? image)) })),
  };
  const known: Policy = {
    rule: 'every variable is one that the program reads',
    find: (objects) =>
      ours(objects).flatMap((workload) => {
        const environment = variablesOf(workload, objects);
        return Object.keys(environment)
          .filter((name) => !OF_THE_RUNTIME.includes(name) && programOf(workload)?.reads(name, environment) === false)
          .map((name) => ({ object: workload.name, says: `it does not read ${name}` }));
      }),
  };
  const complete: Policy = {
    rule: 'the program starts with the variables that are set',
    find: (objects) =>
      ours(objects).flatMap((workload) => {
        const says = programOf(workload)?.complaintAbout(variablesOf(workload, objects)) ?? null;
        return says === null ? [] : [{ object: workload.name, says }];
      }),
  };
  const once: Policy = {
    rule: 'a variable is set once',
    find: (objects) =>
      ours(objects).flatMap((workload) => {
        const own = containersOf(workload).flatMap(({ env = [] }) => env.map(({ name }) => name));
        const names = Object.keys(variablesOf(workload, objects));
        return [...own.filter((name, at) => own.indexOf(name) !== at), ...names.filter((name) => names.includes(`${name}_FILE`))].map(
          (name) => ({ object: workload.name, says: `${name} is set twice` }),
        );
      }),
  };
  return [runnable, known, complete, once];
}
