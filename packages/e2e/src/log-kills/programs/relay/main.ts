// One of two relays of the writer's outbox: the other stands by. Started by crew.ts, and killed at any moment.
import { openEventLog, openWakeChannel, startRelay } from '@tally/messaging';
import { runApp } from '@tally/runtime';
import { topicFacts, wakeChannel } from '../../workload.ts';
import { atWork, settingsOf, type RelaySettings } from '../settings.ts';

await runApp({
  name: 'relay',
  environment: process.env,
  async start(logger) {
    const { databaseUrl, log: address } = settingsOf<RelaySettings>(process.env);
    await using stack = new AsyncDisposableStack();
    const log = stack.use(await openEventLog(address, { topics: topicFacts, logger, clientId: 'relay' }));
    const wake = stack.use(await openWakeChannel({ databaseUrl, channel: wakeChannel, remote: true, logger }));
    stack.use(await startRelay({ databaseUrl, name: 'log-kills', log, wake, logger }));
    logger.info({}, atWork);
    return stack.move();
  },
});
