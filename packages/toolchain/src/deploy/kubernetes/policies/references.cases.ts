import { describePolicies } from '../broken.ts';
import { references } from './references.ts';

describePolicies('references', references, [
  {
    policy: 'a selector finds the pods of its own workload alone',
    overlay: 'local',
    object: 'Deployment/orders-api',
    set: ['/spec/selector/matchLabels/app.kubernetes.io~1component', 'worker'],
  },
  {
    policy: 'a selector finds the pods of its own workload alone',
    overlay: 'local',
    object: 'Deployment/orders-api',
    remove: '/spec/selector/matchLabels/app.kubernetes.io~1component',
  },
  {
    policy: 'a Service leads to pods that listen',
    overlay: 'production',
    object: 'Service/users',
    set: ['/spec/selector/app.kubernetes.io~1name', 'user'],
  },
  { policy: 'a Service leads to pods that listen', overlay: 'local', object: 'Service/users', set: ['/spec/ports/0/targetPort', 'web'] },
  {
    policy: 'a route leads to a port of a Service',
    overlay: 'production',
    object: 'HTTPRoute/shop',
    set: ['/spec/rules/0/backendRefs/0/port', 80],
  },
  {
    policy: 'what a pod names exists',
    overlay: 'production',
    object: 'ServiceAccount/payments',
    remove: '',
    found: 'Deployment/payments-api',
  },
  { policy: 'what a pod names exists', overlay: 'local', object: 'ConfigMap/event-log', remove: '', found: 'Deployment/gateway' },
]);
