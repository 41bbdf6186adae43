import kafkajs, { type Producer, type TopicMessages } from 'kafkajs';
import { settlesWithin } from '../waiting.ts';
import { retries, type KafkaClient, type OpenClient } from './client.ts';
import { within } from './deadline.ts';

/** Sends batches of records, one after the other. */
export interface Producing extends AsyncDisposable {
  /**
   * Resolved means durable. Rejected says nothing about what arrived.
   *
   * @param withinMs includes the wait for those before it; nothing is sent after that time.
   */
  send(batch: readonly TopicMessages[], withinMs: number): Promise<void>;
}

/**
 * An idempotent producer counts the records of each partition, and takes the count back when a send fails. The broker knows repeats by the count, not
 * by content: had the failed batch arrived after all, the next one of equal size would be acknowledged and dropped. So a failed send ends its
 * producer, and the next send makes another. One send at a time, for the same reason.
 *
 * @see docs/reliability.md, event log
 */
export function createProducing(openClient: OpenClient): Producing {
  let current: Promise<Connected> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const sendNow = async (batch: readonly TopicMessages[], withinMs: number): Promise<void> => {
    const mine = (current ??= connect(openClient));
    try {
      const sending = mine.then(({ producer }) => producer.sendBatch({ acks: -1, topicMessages: batch.map((each) => ({ ...each })) }));
      await within(withinMs, 'storing records', sending);
    } catch (error) {
      if (current === mine) current = null;
      void end(mine);
      throw error;
    }
  };

  return {
    send(batch, withinMs) {
      if (closed) return Promise.reject(new Error('the event log is closed'));
      const until = performance.now() + withinMs;
      const sent = last.then(() => sendNow(batch, until - performance.now()));
      last = sent.catch(() => undefined);
      return sent;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await settlesWithin(last, 2000);
      const open = current;
      current = null;
      if (open !== null) await end(open);
    },
  };
}

interface Connected {
  readonly producer: Producer;
  readonly client: KafkaClient;
}

async function connect(openClient: OpenClient): Promise<Connected> {
  const client = openClient();
  try {
    const producer = client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1, // unlimited by default: a repeat could overtake
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: retries(4), // without: for ever
    });
    await producer.connect();
    return { producer, client };
  } catch (error) {
    client[Symbol.dispose]();
    throw error;
  }
}

/** The connections first: kafkajs would wait for answers. */
async function end(connected: Promise<Connected>): Promise<void> {
  const open = await connected.catch(() => null);
  open?.client[Symbol.dispose]();
}
