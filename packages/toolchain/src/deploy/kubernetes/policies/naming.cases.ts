import { describePolicies } from '../broken.ts';
import { naming } from './naming.ts';

describePolicies('names and namespaces', naming, [
  {
    policy: 'no two objects have one name',
    overlay: 'local',
    add: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'gateway', namespace: 'tally' } },
    found: 'Deployment/gateway',
  },
  {
    policy: 'everything lives in the namespace tally, nothing in the default one',
    overlay: 'production',
    object: 'Service/orders',
    remove: '/metadata/namespace',
  },
  {
    policy: 'everything lives in the namespace tally, nothing in the default one',
    overlay: 'production',
    object: 'HTTPRoute/shop',
    set: ['/metadata/namespace', 'edge'],
  },
  { policy: 'the namespace admits restricted pods alone', overlay: 'local', object: 'Namespace/tally', remove: '' },
  {
    policy: 'the namespace admits restricted pods alone',
    overlay: 'production',
    object: 'Namespace/tally',
    set: ['/metadata/labels/pod-security.kubernetes.io~1enforce', 'baseline'],
  },
  {
    policy: 'no variable is left to be set',
    overlay: 'production',
    object: 'HTTPRoute/shop',
    set: ['/spec/hostnames/0', '${API_HOST}'],
  },
]);
