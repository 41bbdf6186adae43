// One thread of a run: takes a schedule at a time and says what came of it.
import { parentPort } from 'node:worker_threads';
import type { Schedule } from '@tally/simulation';
import { runHistory } from './run-history.ts';
import type { Reported } from './farm.ts';

parentPort?.on('message', (schedule: Schedule) => {
  void runHistory(schedule).then(({ violations, figures }) => {
    const reported: Reported = { schedule, violations, figures };
    parentPort?.postMessage(reported);
  });
});
