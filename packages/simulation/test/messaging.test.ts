import { describeIdempotency } from './contract/idempotency.contract.ts';
import { describeInbox } from './contract/inbox.contract.ts';
import { memoryWorld } from './contract/memory-world.ts';
import { describeOutbox } from './contract/outbox.contract.ts';
import { describeOutboxRows } from './contract/outbox-rows.contract.ts';

const aWorld = () => Promise.resolve(memoryWorld());

describeInbox('in memory', aWorld);
describeOutbox('in memory', aWorld);
describeIdempotency('in memory', aWorld);
describeOutboxRows('in memory', aWorld);
