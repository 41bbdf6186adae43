import { describe } from 'vitest';
import { limitsFor } from './loopback-address.ts';
import { manyProcesses, onKafkaAndRedis, openedBy } from './set-ups.ts';
import { keepsEveryPromise, leavesEveryInvariantStanding } from './smoke-suite.ts';
import { losesNothing } from './streams-suite.ts';
import { sharesItsWork, stopsInOrder } from './workers-suite.ts';

describe(manyProcesses.name, () => {
  const opened = openedBy(manyProcesses, { from: 'seeded' });
  sharesItsWork(opened);
  leavesEveryInvariantStanding(opened);
  stopsInOrder(opened);
});

// All suites on one system: 18 processes take their time to start.
describe.skipIf(onKafkaAndRedis.skipped())(onKafkaAndRedis.name, () => {
  const opened = openedBy(onKafkaAndRedis, { from: 'seeded', limits: limitsFor });
  keepsEveryPromise(opened);
  losesNothing(opened);
  sharesItsWork(opened);
  leavesEveryInvariantStanding(opened);
  stopsInOrder(opened);
});
