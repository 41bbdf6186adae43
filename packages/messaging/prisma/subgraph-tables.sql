-- Messaging tables of a subgraph: what Prisma's schema language cannot say. Each subgraph's first migration ends with this text.

-- What the relay reads, in its order, and the keys it must leave out. Both stay as small as the work that is open.
CREATE INDEX "outbox_unpublished" ON "outbox" ("id") WHERE "published_at" IS NULL;
CREATE INDEX "outbox_parked" ON "outbox" ("topic", "key") WHERE "parked_at" IS NOT NULL AND "published_at" IS NULL;

-- Each row is updated once soon after it was written: vacuum by number, not by share of a day's rows.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

ALTER TABLE "outbox" ADD CONSTRAINT "outbox_sequence_check" CHECK ("sequence" > 0);
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_state_check" CHECK ("state" IN ('DONE', 'PARKED'));
