import { nameOf, ofKind } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';
import { containersOf, workloadsOf } from '../workloads.ts';

const us = 10_001;

const unprivileged: Policy = {
  rule: 'pods run without root and under the default seccomp profile, ours as 10001',
  find: (objects) =>
    workloadsOf(objects).flatMap(({ name, ours, pod: { securityContext } }) => {
      const { runAsUser, runAsGroup, runAsNonRoot, seccompProfile } = securityContext ?? {};
      const isAllowed = (id: number | undefined): boolean => (ours ? id === us : id !== undefined && id > 0);
      return complaints(name, {
        'runAsNonRoot is not true': runAsNonRoot === true,
        [`the user is ${String(runAsUser)}`]: isAllowed(runAsUser),
        [`the group is ${String(runAsGroup)}`]: isAllowed(runAsGroup),
        'the seccomp profile is not RuntimeDefault': seccompProfile?.type === 'RuntimeDefault',
      });
    }),
};

const closedContainers: Policy = {
  rule: 'a container gains nothing and writes nowhere but into volumes',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload).flatMap(({ name, securityContext: context }) =>
        complaints(workload.name, {
          [`${name} may escalate`]: context?.allowPrivilegeEscalation === false,
          [`${name} is privileged`]: context?.privileged !== true,
          [`${name} writes to its root`]: context?.readOnlyRootFilesystem === true,
          [`${name} keeps capabilities`]:
            context?.capabilities?.drop?.includes('ALL') === true && (context.capabilities.add ?? []).length === 0,
          [`${name} overrides the user of its pod`]: context?.runAsUser === undefined && context?.runAsNonRoot !== false,
        }),
      ),
    ),
};

const noToken: Policy = {
  rule: 'nobody gets a token for the API server',
  find: (objects) => [
    ...ofKind(objects, 'ServiceAccount').flatMap((account) =>
      complaints(nameOf(account), { 'its token is mounted': account.automountServiceAccountToken === false }),
    ),
    ...workloadsOf(objects).flatMap(({ name, pod: { serviceAccountName = 'default', automountServiceAccountToken } }) =>
      complaints(name, {
        'its token is mounted': automountServiceAccountToken === false,
        'it has no account of its own': serviceAccountName !== 'default',
      }),
    ),
  ],
};

const HARMLESS_VOLUMES = ['name', 'emptyDir', 'projected', 'configMap', 'persistentVolumeClaim'];

const nothingOfTheHost: Policy = {
  rule: 'nothing of the host is in a pod',
  find: (objects) =>
    workloadsOf(objects).flatMap(({ name, pod: { hostNetwork, hostPID, hostIPC, volumes = [] } }) => [
      ...complaints(name, { 'it shares a namespace of the host': hostNetwork !== true && hostPID !== true && hostIPC !== true }),
      ...volumes.flatMap((volume) =>
        complaints(name, { [`volume ${volume.name}`]: Object.keys(volume).every((key) => HARMLESS_VOLUMES.includes(key)) }),
      ),
    ]),
};

const temporary: Policy = {
  rule: '/tmp of our pods is a bounded emptyDir',
  find: (objects) =>
    workloadsOf(objects)
      .filter(({ ours }) => ours)
      .flatMap((workload) =>
        containersOf(workload).flatMap(({ volumeMounts = [] }) => {
          const mount = volumeMounts.find(({ mountPath }) => mountPath === '/tmp');
          const volume = workload.pod.volumes?.find(({ name }) => name === mount?.name);
          return complaints(workload.name, { 'it is not': volume?.emptyDir?.sizeLimit !== undefined });
        }),
      ),
};

export const hardening = [unprivileged, closedContainers, noToken, nothingOfTheHost, temporary];
