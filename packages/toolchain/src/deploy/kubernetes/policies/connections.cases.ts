import { describePolicies } from '../broken.ts';
import { connectionPolicies } from './connections.ts';

const enough = 'PostgreSQL has a connection for every pod there may be';
const groups = { orders: 2, products: 2, payments: 1, notifications: 1 };

describePolicies('connections', connectionPolicies(groups), [
  { policy: enough, overlay: 'production', object: 'Cluster/postgres', set: ['/spec/postgresql/parameters/max_connections', '700'] },
  { policy: enough, overlay: 'production', object: 'Cluster/postgres', remove: '/spec/postgresql/parameters' },
  {
    policy: enough,
    overlay: 'production',
    object: 'HorizontalPodAutoscaler/orders-api',
    set: ['/spec/maxReplicas', 40],
    found: 'Cluster/postgres',
  },
  { policy: enough, overlay: 'production', object: 'ConfigMap/users', set: ['/data/POOL_SIZE', '20'], found: 'Cluster/postgres' },
  { policy: enough, overlay: 'local', object: 'StatefulSet/postgres', remove: '/spec/template/spec/containers/postgres/args' },
]);
