import { nameOf, ofKind } from '../objects.ts';
import { complaints, type Finding, type Policy } from '../policy.ts';
import { workloadsOf } from '../workloads.ts';

const missing = (object: string): readonly Finding[] => [{ object, says: 'is missing' }];

const durablePostgres: Policy = {
  rule: 'an acknowledged order survives the loss of a PostgreSQL server',
  only: 'production',
  find: (objects) => {
    const clusters = ofKind(objects, 'Cluster');
    if (clusters.length === 0) return missing('Cluster/postgres');
    return clusters.flatMap((cluster) => {
      const { instances, postgresql, plugins = [], affinity } = cluster.spec ?? {};
      const { synchronous } = postgresql ?? {};
      return complaints(nameOf(cluster), {
        [`${String(instances)} instances`]: (instances ?? 1) >= 3,
        'no standby is waited for': (synchronous?.number ?? 0) >= 1 && synchronous?.dataDurability === 'required',
        'the WAL is not archived': plugins.some(({ isWALArchiver }) => isWALArchiver === true),
        'its instances may meet on one zone': affinity?.podAntiAffinityType === 'required',
      });
    });
  },
};

const backups: Policy = {
  rule: 'PostgreSQL is backed up every day',
  only: 'production',
  find: (objects) => {
    const scheduled = objects.filter(({ kind }) => kind === 'ScheduledBackup');
    return scheduled.length === 0 ? missing('ScheduledBackup/postgres') : [];
  },
};

const BROKER_CONFIG: Readonly<Record<string, unknown>> = {
  'default.replication.factor': 3,
  'min.insync.replicas': 2,
  'offsets.topic.replication.factor': 3,
  'transaction.state.log.replication.factor': 3,
  'transaction.state.log.min.isr': 2,
  'unclean.leader.election.enable': false,
  'auto.create.topics.enable': false,
};

const durableKafka: Policy = {
  rule: 'a record that was acknowledged survives the loss of a broker',
  only: 'production',
  find: (objects) => {
    const clusters = ofKind(objects, 'Kafka');
    if (clusters.length === 0) return missing('Kafka/kafka');
    const nodes = ofKind(objects, 'KafkaNodePool').reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0);
    return clusters.flatMap((cluster) => {
      const { rack, listeners, config } = cluster.spec?.kafka ?? { listeners: [] };
      const settings = (config ?? {}) as Readonly<Record<string, unknown>>;
      return complaints(nameOf(cluster), {
        [`${String(nodes)} brokers`]: nodes >= 3,
        'it does not know its zones': rack !== undefined,
        'somebody talks to it in the clear, or without a name': listeners.every(
          ({ tls, authentication }) => tls && authentication !== undefined,
        ),
        [`it is configured as ${JSON.stringify(settings)}`]: Object.entries(BROKER_CONFIG).every(
          ([name, value]) => settings[name] === value,
        ),
      });
    });
  },
};

const unfit = 'tally/production';

const onlyAtHome: Policy = {
  rule: 'a store of one pod is labelled unfit for production',
  find: (objects) =>
    workloadsOf(objects)
      .filter(({ kind }) => kind === 'StatefulSet')
      .flatMap(({ name, labels }) => complaints(name, { 'it is not': labels[unfit] === 'unfit' })),
};

const noneOfIt: Policy = {
  rule: 'nothing in production is labelled unfit for it',
  only: 'production',
  find: (objects) => objects.flatMap((object) => complaints(nameOf(object), { 'it is': object.metadata.labels?.[unfit] === undefined })),
};

export const stores = [durablePostgres, backups, durableKafka, onlyAtHome, noneOfIt];
