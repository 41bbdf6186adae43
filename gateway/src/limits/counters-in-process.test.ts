import { countersContract } from './counters.contract.ts';
import { createCountersInProcess } from './counters-in-process.ts';

countersContract('in process', () =>
  Promise.resolve({ counters: [createCountersInProcess()], [Symbol.asyncDispose]: () => Promise.resolve() }),
);
