import { describePolicies } from '../broken.ts';
import { availability } from './availability.ts';

const budget = 'each Deployment has one disruption budget, which lets sick pods go';
const spread = 'the pods of a Deployment are spread over zones and hosts';
const several = 'at least two pods of each, three gateways';
const constraints = '/spec/template/spec/topologySpreadConstraints';

describePolicies('availability', availability, [
  { policy: budget, overlay: 'production', object: 'PodDisruptionBudget/orders-api', remove: '', found: 'Deployment/orders-api' },
  {
    policy: budget,
    overlay: 'production',
    object: 'PodDisruptionBudget/orders-api',
    set: ['/spec/selector/matchLabels/app.kubernetes.io~1name', 'order'],
  },
  { policy: budget, overlay: 'local', object: 'PodDisruptionBudget/gateway', remove: '/spec/unhealthyPodEvictionPolicy' },
  { policy: budget, overlay: 'local', object: 'PodDisruptionBudget/gateway', set: ['/spec/maxUnavailable', 0] },
  { policy: spread, overlay: 'production', object: 'Deployment/gateway', remove: `${constraints}/1` },
  { policy: spread, overlay: 'production', object: 'Deployment/gateway', remove: `${constraints}/0/matchLabelKeys` },
  {
    policy: spread,
    overlay: 'production',
    object: 'Deployment/gateway',
    set: [`${constraints}/0/labelSelector/matchLabels`, { 'app.kubernetes.io/part-of': 'another' }],
  },
  {
    policy: several,
    overlay: 'production',
    object: 'HorizontalPodAutoscaler/gateway',
    set: ['/spec/minReplicas', 2],
    found: 'Deployment/gateway',
  },
  {
    policy: several,
    overlay: 'production',
    object: 'ScaledObject/orders-worker',
    remove: '/spec/minReplicaCount',
    found: 'Deployment/orders-worker',
  },
  { policy: several, overlay: 'production', object: 'Deployment/users-worker', remove: '/spec/replicas' },
]);
