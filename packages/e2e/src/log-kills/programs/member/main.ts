// One of three members of a group that makes an effect of each event, once. Started by crew.ts, and killed at any moment.
import { toUuid, type Id } from '@tally/kernel';
import { createKafkaEventLog, createPostgresEventLog, inboxOn, openPool, startConsumer, type EventLog } from '@tally/messaging';
import { runApp, type Logger } from '@tally/runtime';
import { inTransaction } from '@tally/messaging';
import { group, topicFacts } from '../../workload.ts';
import { atWork, settingsOf, type MemberSettings } from '../settings.ts';

/** Effects that are made side by side. */
const concurrency = 8;

/**
 * After so many milliseconds without a sign of life the partitions of a member are others'. In production it is 15 s: members who die every few seconds would
 * hardly ever work then, and be killed for nothing.
 */
const silentMs = 4_000;

// The counter's row is locked before the line is written, so that `nth` is the order in which effects were made.
const apply = `WITH counted AS (UPDATE tried_effect SET applied = applied + 1, last_sequence = $3 WHERE topic = $1 AND key = $2 RETURNING applied)
INSERT INTO tried_application (topic, key, nth, sequence, event_id) SELECT $1, $2, applied, $3, $4::uuid FROM counted`;
const countAgain = 'UPDATE tried_effect SET again = again + 1 WHERE topic = $1 AND key = $2';

interface Delivered {
  readonly id: Id<'evt'>;
  readonly topic: string;
  readonly key: string;
  readonly sequence: number;
}

await runApp({
  name: 'member',
  environment: process.env,
  async start(logger) {
    const { databaseUrl, log: address } = settingsOf<MemberSettings>(process.env);
    await using stack = new AsyncDisposableStack();
    const pool = stack.adopt(openPool(databaseUrl, 'member', concurrency), (open) => open.end());
    const log = stack.use(openLog(address, logger));

    async function take({ id, topic, key, sequence }: Delivered): Promise<void> {
      await inTransaction(pool, async (sql) => {
        if (await inboxOn(sql, group).firstSight(id)) await sql.count(apply, [topic, key, sequence, toUuid(id)]);
        else await sql.count(countAgain, [topic, key]);
      });
    }

    stack.use(
      await startConsumer({
        log,
        group,
        topics: topicFacts,
        from: 'beginning',
        handlers: { SignedIn: take, StockReserved: take },
        databaseUrl,
        logger,
        concurrency,
      }),
    );
    logger.info({}, atWork);
    return stack.move();
  },
});

function openLog(address: MemberSettings['log'], logger: Logger): EventLog {
  return address.kind === 'kafka'
    ? createKafkaEventLog({ address, topics: topicFacts, logger, clientId: 'member', times: { sessionMs: silentMs } })
    : createPostgresEventLog({ databaseUrl: address.databaseUrl, topics: topicFacts, logger, times: { leaseMs: silentMs } });
}
