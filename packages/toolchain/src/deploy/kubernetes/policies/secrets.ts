import { nameOf, ofKind } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';
import { containersOf, secretFilesOf, workloadsOf } from '../workloads.ts';
import { variablesOf } from '../variables.ts';

const byReference: Policy = {
  rule: 'no secret lies in the repository',
  find: (objects) => objects.filter(({ kind }) => kind === 'Secret').map((object) => ({ object: nameOf(object), says: 'it does' })),
};

const asFiles: Policy = {
  rule: 'secrets come as read-only files below /etc/tally, not as variables',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) => [
      ...containersOf(workload).flatMap(({ env = [], envFrom = [] }) =>
        complaints(workload.name, {
          'a variable holds one': env.every(({ valueFrom }) => valueFrom?.secretKeyRef === undefined),
          'all keys of one become variables': envFrom.every(({ secretRef }) => secretRef === undefined),
        }),
      ),
      ...secretFilesOf(workload).flatMap(({ path, secret, readOnly }) =>
        complaints(workload.name, {
          [`${secret} is mounted at ${path}`]: /^\/etc\/tally\/[a-z]+\/[a-z.-]+$/.test(path),
          [`${secret} can be written to`]: readOnly,
        }),
      ),
      ...(workload.pod.volumes ?? []).flatMap(({ name, secret, projected }) =>
        complaints(workload.name, {
          [`volume ${name} mounts every key of a Secret`]:
            secret === undefined &&
            (projected?.sources ?? []).every((source) => (source.secret?.items ?? ['none']).length > 0 && source.secret?.optional !== true),
          [`others may read volume ${name}`]: projected === undefined || projected.defaultMode === 0o440,
        }),
      ),
    ]),
};

const SECRET_NAMES = /PASSWORD|SECRET|PEPPER|SIGNING_KEY|TOKEN/;

const noValues: Policy = {
  rule: 'no value is a secret',
  find: (objects) => {
    const named = [
      ...ofKind(objects, 'ConfigMap').map((object) => ({ object: nameOf(object), variables: object.data ?? {} })),
      ...workloadsOf(objects).map((workload) => ({ object: workload.name, variables: variablesOf(workload, objects) })),
    ];
    return named.flatMap(({ object, variables }) =>
      Object.entries(variables).flatMap(([name, value]) =>
        complaints(object, {
          [`${name} says one`]: !SECRET_NAMES.test(name) || name.endsWith('_FILE') || name === 'SECRETS_DIR',
          [`${name} is a URL with a password`]: !/:\/\/[^/@\s]*:[^/@\s]+@/.test(value),
        }),
      ),
    );
  },
};

const filesExist: Policy = {
  rule: 'a variable that names a file of /etc/tally names one that is mounted',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) => {
      const files = secretFilesOf(workload).map(({ path }) => path);
      return Object.entries(variablesOf(workload, objects))
        .filter(([name, value]) => name.endsWith('_FILE') || value.startsWith('/etc/tally/'))
        .filter(([, value]) => !files.some((file) => file === value || file.startsWith(`${value}/`)))
        .map(([name, value]) => ({ object: workload.name, says: `${name} is ${value}` }));
    }),
};

const used: Policy = {
  rule: 'a pod gets no secret that it does not read',
  find: (objects) =>
    workloadsOf(objects)
      .filter(({ ours }) => ours)
      .flatMap((workload) =>
        secretFilesOf(workload)
          .filter(({ path }) => !isRead(path, Object.values(variablesOf(workload, objects))))
          .map(({ path, secret, key }) => ({ object: workload.name, says: `${key} of ${secret}, at ${path}` })),
      ),
};

/** Certificates are named by URLs, which are secrets themselves. */
const isRead = (path: string, values: readonly string[]): boolean =>
  path === '/etc/tally/postgres/ca.crt' || values.some((value) => path === value || path.startsWith(`${value}/`));

export const secrets = [byReference, asFiles, noValues, filesExist, used];
