import { describePolicies } from '../broken.ts';
import { secrets } from './secrets.ts';

const container = '/spec/template/spec/containers/app';
const asFiles = 'secrets come as read-only files below /etc/tally, not as variables';
const noValue = 'no value is a secret';

describePolicies('secrets', secrets, [
  {
    policy: 'no secret lies in the repository',
    overlay: 'production',
    add: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'redis', namespace: 'tally' }, stringData: { url: 'redis://redis' } },
    found: 'Secret/redis',
  },
  {
    policy: asFiles,
    overlay: 'production',
    object: 'Deployment/users-api',
    set: [`${container}/env/ROLES`, { name: 'USERS_PEPPER', valueFrom: { secretKeyRef: { name: 'users-keys', key: 'pepper' } } }],
  },
  {
    policy: asFiles,
    overlay: 'production',
    object: 'Deployment/users-api',
    set: [`${container}/envFrom/0`, { secretRef: { name: 'users-keys' } }],
  },
  {
    policy: asFiles,
    overlay: 'production',
    object: 'Deployment/users-api',
    set: [`${container}/volumeMounts/secrets/mountPath`, '/secrets'],
  },
  { policy: asFiles, overlay: 'local', object: 'Deployment/users-api', remove: `${container}/volumeMounts/secrets/readOnly` },
  {
    policy: asFiles,
    overlay: 'local',
    object: 'Deployment/users-api',
    set: ['/spec/template/spec/volumes/secrets', { name: 'secrets', secret: { secretName: 'users-keys' } }],
  },
  {
    policy: asFiles,
    overlay: 'local',
    object: 'Deployment/users-api',
    set: ['/spec/template/spec/volumes/secrets/projected/defaultMode', 0o444],
  },
  { policy: noValue, overlay: 'local', object: 'ConfigMap/users', set: ['/data/USERS_PEPPER', 'salt and pepper'] },
  {
    policy: noValue,
    overlay: 'production',
    object: 'ConfigMap/gateway',
    set: ['/data/REDIS_URL', 'rediss://tally:secret@redis.example:6379'],
  },
  {
    policy: 'a variable that names a file of /etc/tally names one that is mounted',
    overlay: 'production',
    object: 'ConfigMap/gateway',
    set: ['/data/REDIS_URL_FILE', '/etc/tally/app/redis'],
    found: 'Deployment/gateway',
  },
  {
    policy: 'a pod gets no secret that it does not read',
    overlay: 'production',
    object: 'ConfigMap/products',
    remove: '/data/REDIS_URL_FILE',
    found: 'Deployment/products-api',
  },
]);
