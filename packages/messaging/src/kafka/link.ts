import type { Cluster } from 'kafkajs';
import type { KafkaClient, OpenClient } from './client.ts';
import { within } from './deadline.ts';

/**
 * A connection to the cluster that is made on demand and made anew after a failure, client and all: a client of kafkajs that has met a reset or a
 * timeout may keep broken state (a login that never ends, a broker it forgets). States: *idle*; *connecting*, shared by all who ask; *connected*.
 */
export interface Link extends Disposable {
  /** Connected, and with the whereabouts of the link's topics. @throws what kafkajs throws, or EventLogUnavailableError after its time. */
  cluster(): Promise<Cluster>;
  /** This one has failed: the next is another. Does nothing when that has happened. */
  discard(cluster: Cluster): void;
  /** Whether this is the one that would be given now. */
  isCurrent(cluster: Cluster): boolean;
}

/** @param topics asked at each connect; they must exist. Without any, only `seedOf` the cluster can be asked. */
export function openLink(openClient: OpenClient, topics: () => readonly string[], connectMs: number): Link {
  let current: { readonly client: KafkaClient; readonly ready: Promise<Cluster> } | null = null;
  let closed = false;

  const connect = async ({ cluster }: KafkaClient): Promise<Cluster> => {
    await cluster.connect();
    const names = topics();
    if (names.length > 0) await cluster.addMultipleTargetTopics([...names]);
    return cluster;
  };
  const drop = (client: KafkaClient): void => {
    if (current?.client === client) current = null;
    client[Symbol.dispose]();
  };

  return {
    cluster() {
      if (closed) return Promise.reject(new Error('the link is closed'));
      if (current === null) {
        const client = openClient();
        const ready = within(connectMs, 'connecting', connect(client));
        current = { client, ready };
        ready.catch(() => drop(client));
      }
      return current.ready;
    },
    discard(cluster) {
      if (current?.client.cluster === cluster) drop(current.client);
    },
    isCurrent: (cluster) => current?.client.cluster === cluster,
    [Symbol.dispose]() {
      closed = true;
      if (current !== null) drop(current.client);
    },
  };
}
