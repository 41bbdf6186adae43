-- The first tables of notifications: what users are told and how far its delivery is, the replicas of contacts and orders that it is written from,
-- and the messaging tables of every subgraph.
-- Locks: none, every table is new. Names are unqualified; the role's search_path is `notifications`.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "notifications";

-- CreateTable
CREATE TABLE "contact" (
    "user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT,
    "locale" TEXT NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "known_order" (
    "order_id" UUID NOT NULL,
    "buyer_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "total_amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "lines" JSONB NOT NULL,

    CONSTRAINT "known_order_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "inbox_stream" (
    "user_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "inbox_stream_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "order_id" UUID,
    "template" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'QUEUED',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "give_up_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "fence" INTEGER NOT NULL DEFAULT 0,
    "message_id" TEXT NOT NULL,
    "last_error" TEXT,
    "sequence" BIGINT NOT NULL,
    "traceparent" TEXT,
    "tracestate" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "event_id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "traceparent" TEXT,
    "tracestate" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "parked_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "parked_key" (
    "consumer" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "parked_at" TIMESTAMPTZ(3),
    "letters" BIGINT NOT NULL DEFAULT 0,
    "redrive_requested_at" TIMESTAMPTZ(3),

    CONSTRAINT "parked_key_pkey" PRIMARY KEY ("consumer","topic","key")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "id" BIGSERIAL NOT NULL,
    "consumer" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "position" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "traceparent" TEXT,
    "tracestate" TEXT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "error_class" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "redriven_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency" (
    "scope" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "result" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_pkey" PRIMARY KEY ("scope","operation","key")
);

-- CreateIndex
CREATE INDEX "notification_user_id_created_at_id_idx" ON "notification"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "notification_order_id_created_at_id_idx" ON "notification"("order_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_event_id_channel_key" ON "notification"("event_id", "channel");

-- CreateIndex
CREATE UNIQUE INDEX "notification_user_id_sequence_key" ON "notification"("user_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "outbox"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_topic_key_sequence_key" ON "outbox"("topic", "key", "sequence");

-- CreateIndex
CREATE INDEX "inbox_seen_at_idx" ON "inbox" USING BRIN ("seen_at");

-- CreateIndex
CREATE INDEX "dead_letter_consumer_topic_key_id_idx" ON "dead_letter"("consumer", "topic", "key", "id");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_consumer_event_id_key" ON "dead_letter"("consumer", "event_id");

-- CreateIndex
CREATE INDEX "idempotency_created_at_idx" ON "idempotency" USING BRIN ("created_at");

-- What follows Prisma's schema language cannot say; the drift check does not look at it.

ALTER TABLE "contact" ADD CONSTRAINT "contact_version_check" CHECK ("version" > 0);
ALTER TABLE "known_order" ADD CONSTRAINT "known_order_total_check" CHECK ("total_amount" >= 0);
ALTER TABLE "inbox_stream" ADD CONSTRAINT "inbox_stream_sequence_check" CHECK ("sequence" > 0);

ALTER TABLE "notification" ADD CONSTRAINT "notification_channel_check" CHECK ("channel" IN ('EMAIL'));
ALTER TABLE "notification" ADD CONSTRAINT "notification_template_check" CHECK ("template" IN
    ('ORDER_CONFIRMED', 'PAYMENT_FAILED', 'ORDER_SHIPPED', 'ORDER_DELIVERED', 'REFUNDED', 'SECURITY_NOTICE'));
-- Nothing counts as sent without its moment, and nothing that ended is held.
ALTER TABLE "notification" ADD CONSTRAINT "notification_status_check" CHECK ("status" IN ('QUEUED', 'FAILED', 'SENT', 'DEAD')
    AND ("status" = 'SENT') = ("sent_at" IS NOT NULL) AND ("status" IN ('QUEUED', 'FAILED') OR "lease_until" IS NULL));
-- What the worker looks for, in the order in which it is due; what is not delivered yet by age; what waits for one user's address; what was given
-- up, newest first; what a user has not read, newest first. Each as small as what it lists.
CREATE INDEX "notification_due" ON "notification" ("next_attempt_at", "id") WHERE "status" IN ('QUEUED', 'FAILED');
CREATE INDEX "notification_waiting" ON "notification" ("created_at") WHERE "status" IN ('QUEUED', 'FAILED');
CREATE INDEX "notification_open" ON "notification" ("user_id") WHERE "status" IN ('QUEUED', 'FAILED');
CREATE INDEX "notification_dead" ON "notification" ("created_at" DESC, "id" DESC) WHERE "status" = 'DEAD';
CREATE INDEX "notification_unread" ON "notification" ("user_id", "created_at" DESC, "id" DESC) WHERE "read_at" IS NULL;
-- Each row is updated twice soon after it was written: vacuum by number, not by share.
ALTER TABLE "notification" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Messaging tables of a subgraph: what Prisma's schema language cannot say. Each subgraph's first migration ends with this text.

-- What the relay reads, in its order, and the keys it must leave out. Both stay as small as the work that is open.
CREATE INDEX "outbox_unpublished" ON "outbox" ("id") WHERE "published_at" IS NULL;
CREATE INDEX "outbox_parked" ON "outbox" ("topic", "key") WHERE "parked_at" IS NOT NULL AND "published_at" IS NULL;

-- Each row is updated once soon after it was written: vacuum by number, not by share of a day's rows.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

ALTER TABLE "outbox" ADD CONSTRAINT "outbox_sequence_check" CHECK ("sequence" > 0);
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_state_check" CHECK ("state" IN ('DONE', 'PARKED'));
