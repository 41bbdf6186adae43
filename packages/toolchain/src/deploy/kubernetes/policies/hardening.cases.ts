import { describePolicies } from '../broken.ts';
import { hardening } from './hardening.ts';

const pod = '/spec/template/spec';
const container = '/spec/template/spec/containers/app';
const privileges = 'a container gains nothing and writes nowhere but into volumes';
const user = 'pods run without root and under the default seccomp profile, ours as 10001';
const token = 'nobody gets a token for the API server';
const host = 'nothing of the host is in a pod';
const tmp = '/tmp of our pods is a bounded emptyDir';

describePolicies('hardening', hardening, [
  { policy: user, overlay: 'production', object: 'Deployment/gateway', set: [`${pod}/securityContext/runAsUser`, 1000] },
  { policy: user, overlay: 'local', object: 'StatefulSet/kafka', set: [`${pod}/securityContext/runAsUser`, 0] },
  { policy: user, overlay: 'local', object: 'Job/seed', remove: `${pod}/securityContext/runAsNonRoot` },
  { policy: user, overlay: 'local', object: 'Deployment/users-api', remove: `${pod}/securityContext/seccompProfile` },
  {
    policy: privileges,
    overlay: 'production',
    object: 'Deployment/orders-worker',
    set: [`${container}/securityContext/allowPrivilegeEscalation`, true],
  },
  {
    policy: privileges,
    overlay: 'local',
    object: 'StatefulSet/redis',
    remove: `/spec/template/spec/containers/redis/securityContext/readOnlyRootFilesystem`,
  },
  { policy: privileges, overlay: 'local', object: 'Job/bootstrap', set: [`${container}/securityContext/privileged`, true] },
  {
    policy: privileges,
    overlay: 'local',
    object: 'Deployment/users-api',
    set: [`${container}/securityContext/capabilities/add`, ['SYS_TIME']],
  },
  { policy: privileges, overlay: 'local', object: 'Deployment/users-api', set: [`${container}/securityContext/runAsUser`, 0] },
  { policy: token, overlay: 'production', object: 'ServiceAccount/gateway', remove: '/automountServiceAccountToken' },
  { policy: token, overlay: 'production', object: 'Deployment/gateway', set: [`${pod}/automountServiceAccountToken`, true] },
  { policy: token, overlay: 'production', object: 'Deployment/gateway', remove: `${pod}/serviceAccountName` },
  { policy: host, overlay: 'production', object: 'Deployment/gateway', set: [`${pod}/hostNetwork`, true] },
  {
    policy: host,
    overlay: 'production',
    object: 'Deployment/gateway',
    set: [`${pod}/volumes/tmp`, { name: 'tmp', hostPath: { path: '/tmp' } }],
  },
  { policy: tmp, overlay: 'production', object: 'Deployment/products-api', remove: `${pod}/volumes/tmp/emptyDir/sizeLimit` },
]);
