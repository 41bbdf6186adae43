import { describeIdempotency } from './contract/idempotency.contract.ts';
import { describeInbox } from './contract/inbox.contract.ts';
import { describeOutbox } from './contract/outbox.contract.ts';
import { describeOutboxRows } from './contract/outbox-rows.contract.ts';
import { postgresWorld } from './contract/postgres-world.ts';

describeInbox('on PostgreSQL', postgresWorld);
describeOutbox('on PostgreSQL', postgresWorld);
describeIdempotency('on PostgreSQL', postgresWorld);
describeOutboxRows('on PostgreSQL', postgresWorld);
