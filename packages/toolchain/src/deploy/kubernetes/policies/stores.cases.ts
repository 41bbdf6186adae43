import { describePolicies } from '../broken.ts';
import { stores } from './stores.ts';

const postgres = 'an acknowledged order survives the loss of a PostgreSQL server';
const kafka = 'a record that was acknowledged survives the loss of a broker';
const unfit = 'a store of one pod is labelled unfit for production';

describePolicies('stores', stores, [
  { policy: postgres, overlay: 'production', object: 'Cluster/postgres', remove: '' },
  { policy: postgres, overlay: 'production', object: 'Cluster/postgres', set: ['/spec/instances', 2] },
  { policy: postgres, overlay: 'production', object: 'Cluster/postgres', remove: '/spec/postgresql/synchronous' },
  {
    policy: postgres,
    overlay: 'production',
    object: 'Cluster/postgres',
    set: ['/spec/postgresql/synchronous/dataDurability', 'preferred'],
  },
  { policy: postgres, overlay: 'production', object: 'Cluster/postgres', remove: '/spec/plugins' },
  { policy: 'PostgreSQL is backed up every day', overlay: 'production', object: 'ScheduledBackup/postgres', remove: '' },
  { policy: kafka, overlay: 'production', object: 'KafkaNodePool/brokers', set: ['/spec/replicas', 2], found: 'Kafka/kafka' },
  { policy: kafka, overlay: 'production', object: 'Kafka/kafka', set: ['/spec/kafka/config/min.insync.replicas', 1] },
  { policy: kafka, overlay: 'production', object: 'Kafka/kafka', set: ['/spec/kafka/listeners/0/tls', false] },
  { policy: kafka, overlay: 'production', object: 'Kafka/kafka', remove: '/spec/kafka/rack' },
  { policy: unfit, overlay: 'local', object: 'StatefulSet/postgres', remove: '/spec/template/metadata/labels/tally~1production' },
  {
    policy: 'nothing in production is labelled unfit for it',
    overlay: 'production',
    object: 'Deployment/gateway',
    set: ['/metadata/labels/tally~1production', 'unfit'],
  },
]);
