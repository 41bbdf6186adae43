import type { TopicFacts } from '@tally/events';
import { topicConfig } from '../kafka-topics.ts';
import { nameOf, ofKind } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';

/** The topics that the operator makes are those of the catalogue: names, partitions, retention, compaction; and they survive a broker. */
export function topicPolicies(catalogue: readonly TopicFacts[]): readonly Policy[] {
  const complete: Policy = {
    rule: 'each topic of the catalogue exists, and no other',
    only: 'production',
    find: (objects) => {
      const made = ofKind(objects, 'KafkaTopic').map(({ metadata }) => metadata.name);
      const known = catalogue.map(({ name }) => name);
      return [
        ...known.filter((name) => !made.includes(name)).map((name) => ({ object: `KafkaTopic/${name}`, says: 'is missing' })),
        ...made.filter((name) => !known.includes(name)).map((name) => ({ object: `KafkaTopic/${name}`, says: 'nobody knows it' })),
      ];
    },
  };
  const faithful: Policy = {
    rule: 'a topic has the partitions, retention and copies that the catalogue says',
    find: (objects) =>
      ofKind(objects, 'KafkaTopic').flatMap((object) => {
        const facts = catalogue.find(({ name }) => name === object.metadata.name);
        if (facts === undefined) return [];
        const { partitions, replicas, config = {} } = object.spec ?? {};
        const expected = topicConfig(facts);
        return complaints(nameOf(object), {
          [`${String(partitions)} partitions`]: partitions === facts.partitions,
          [`${String(replicas)} copies`]: replicas === 3,
          [JSON.stringify(config)]: JSON.stringify(Object.entries(config).sort()) === JSON.stringify(Object.entries(expected).sort()),
        });
      }),
  };
  return [complete, faithful];
}
