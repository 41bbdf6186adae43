-- The first tables of payments: the money of each order, the queue of commands under way, every call to the provider, refunds and kept payment
-- methods, besides the messaging tables of every subgraph. Amounts are minor units. No column may ever hold a card number.
-- Locks: none, every table is new. Names are unqualified; the role's search_path is `payments`.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "payments";

-- CreateTable
CREATE TABLE "payment" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "buyer_id" UUID,
    "provider" TEXT NOT NULL,
    "token" TEXT,
    "status" TEXT NOT NULL,
    "amount" BIGINT,
    "currency" CHAR(3),
    "captured" BIGINT NOT NULL DEFAULT 0,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "provider_ref" TEXT,
    "action_url" TEXT,
    "action_expires_at" TIMESTAMPTZ(3),
    "attention" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_stream" (
    "order_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "payment_stream_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "payment_operation" (
    "id" BIGSERIAL NOT NULL,
    "payment_id" UUID NOT NULL,
    "command_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "call" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "refund_id" UUID,
    "state" TEXT NOT NULL,
    "deadline_at" TIMESTAMPTZ(3),
    "run_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_until" TIMESTAMPTZ(3),
    "fence" INTEGER NOT NULL DEFAULT 0,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "enquiries" INTEGER NOT NULL DEFAULT 0,
    "doubt_since" TIMESTAMPTZ(3),
    "unknown_since" TIMESTAMPTZ(3),
    "hurried" BOOLEAN NOT NULL DEFAULT false,
    "traceparent" TEXT,
    "tracestate" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_attempt" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "provider_ref" TEXT,
    "error_code" TEXT,
    "latency_ms" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_method" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "brand" TEXT,
    "last4" CHAR(4),
    "is_default" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_method_pkey" PRIMARY KEY ("id")
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
CREATE UNIQUE INDEX "payment_order_id_key" ON "payment"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_operation_command_id_key" ON "payment_operation"("command_id");

-- CreateIndex
CREATE INDEX "payment_operation_payment_id_id_idx" ON "payment_operation"("payment_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_attempt_payment_id_number_key" ON "payment_attempt"("payment_id", "number");

-- CreateIndex
CREATE INDEX "refund_payment_id_idx" ON "refund"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_method_user_id_provider_token_key" ON "payment_method"("user_id", "provider", "token");

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

-- AddForeignKey
ALTER TABLE "payment_operation" ADD CONSTRAINT "payment_operation_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_operation" ADD CONSTRAINT "payment_operation_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "refund"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What follows Prisma's schema language cannot say; the drift check does not look at it.

ALTER TABLE "payment" ADD CONSTRAINT "payment_status_check" CHECK ("status" IN
    ('PENDING', 'REQUIRES_ACTION', 'AUTHORISED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DECLINED', 'FAILED', 'VOIDED', 'IN_DOUBT'));
-- No path through the code may record more captured than asked for, or more given back than captured.
ALTER TABLE "payment" ADD CONSTRAINT "payment_amounts_check" CHECK (0 <= "refunded" AND "refunded" <= "captured" AND "captured" <= coalesce("amount", 0));
-- Only a void that came before its authorisation stands without buyer and amount.
ALTER TABLE "payment" ADD CONSTRAINT "payment_tombstone_check"
    CHECK (("buyer_id" IS NOT NULL AND "amount" >= 0 AND "currency" IS NOT NULL) OR ("status" = 'VOIDED' AND "amount" IS NULL AND "currency" IS NULL));
ALTER TABLE "payment_stream" ADD CONSTRAINT "payment_stream_sequence_check" CHECK ("sequence" > 0);

ALTER TABLE "payment_operation" ADD CONSTRAINT "payment_operation_state_check" CHECK ("state" IN ('READY', 'ENQUIRE', 'AWAITING_BUYER', 'PARKED', 'DONE'));
ALTER TABLE "payment_operation" ADD CONSTRAINT "payment_operation_kind_check" CHECK ("operation" IN ('AUTHORISE', 'CAPTURE', 'VOID', 'REFUND')
    AND ("call" = "operation" OR ("operation" = 'AUTHORISE' AND "call" = 'VOID')) AND ("operation" = 'REFUND') = ("refund_id" IS NOT NULL));
-- What workers look for, in the order in which it is due, and what waits before or behind something: both as small as the work that is open.
CREATE INDEX "payment_operation_due" ON "payment_operation" ("run_at") WHERE "state" IN ('READY', 'ENQUIRE', 'AWAITING_BUYER');
CREATE INDEX "payment_operation_open" ON "payment_operation" ("payment_id", "id") WHERE "state" <> 'DONE';
-- Each row is updated twice soon after it was written: vacuum by number, not by share.
ALTER TABLE "payment_operation" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_outcome_check" CHECK ("operation" IN ('AUTHORISE', 'CAPTURE', 'VOID', 'REFUND', 'ENQUIRE')
    AND "outcome" IN ('STARTED', 'SUCCEEDED', 'DECLINED', 'ERROR', 'UNKNOWN', 'CIRCUIT_OPEN'));
-- At most one call of a payment is under way.
CREATE UNIQUE INDEX "payment_attempt_open" ON "payment_attempt" ("payment_id") WHERE "outcome" = 'STARTED';

ALTER TABLE "refund" ADD CONSTRAINT "refund_status_check" CHECK ("status" IN ('PENDING', 'SUCCEEDED', 'FAILED', 'IN_DOUBT') AND "amount" > 0);

ALTER TABLE "payment_method" ADD CONSTRAINT "payment_method_last4_check" CHECK ("last4" ~ '^[0-9]{4}$');
-- What a checkout without a method takes: one or none.
CREATE UNIQUE INDEX "payment_method_default" ON "payment_method" ("user_id") WHERE "is_default";

-- Messaging tables of a subgraph: what Prisma's schema language cannot say. Each subgraph's first migration ends with this text.

-- What the relay reads, in its order, and the keys it must leave out. Both stay as small as the work that is open.
CREATE INDEX "outbox_unpublished" ON "outbox" ("id") WHERE "published_at" IS NULL;
CREATE INDEX "outbox_parked" ON "outbox" ("topic", "key") WHERE "parked_at" IS NOT NULL AND "published_at" IS NULL;

-- Each row is updated once soon after it was written: vacuum by number, not by share of a day's rows.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

ALTER TABLE "outbox" ADD CONSTRAINT "outbox_sequence_check" CHECK ("sequence" > 0);
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_state_check" CHECK ("state" IN ('DONE', 'PARKED'));
