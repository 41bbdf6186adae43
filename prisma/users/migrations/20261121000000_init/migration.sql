-- Accounts, addresses, sessions with their refresh tokens, and the messaging tables of this subgraph.
-- First migration: everything is new, no lock is held on anything in use.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "users";

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT,
    "role" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "address" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "label" TEXT,
    "name" TEXT,
    "line1" TEXT NOT NULL,
    "line2" TEXT,
    "city" TEXT NOT NULL,
    "region" TEXT,
    "postal_code" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "address_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revoke_reason" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "hash" BYTEA NOT NULL,
    "session_id" UUID NOT NULL,
    "parent" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "session_stream" (
    "user_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "session_stream_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "login_attempts" (
    "subject" BYTEA NOT NULL,
    "attempts" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("subject")
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
CREATE UNIQUE INDEX "account_email_key" ON "account"("email");

-- CreateIndex
CREATE INDEX "address_user_id_created_at_idx" ON "address"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "refresh_token_session_id_idx" ON "refresh_token"("session_id");

-- CreateIndex
CREATE INDEX "login_attempts_until_idx" ON "login_attempts"("until");

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
ALTER TABLE "address" ADD CONSTRAINT "address_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Raw extras.
-- ASCII only: what else is a capital letter depends on the server's locale, and the app has decided it already.
ALTER TABLE "account" ADD CONSTRAINT "account_email_check" CHECK ("email" = lower("email" COLLATE "C"));
ALTER TABLE "account" ADD CONSTRAINT "account_role_check" CHECK ("role" IN ('CUSTOMER', 'SELLER', 'STAFF', 'ADMIN'));
ALTER TABLE "account" ADD CONSTRAINT "account_version_check" CHECK ("version" > 0);
ALTER TABLE "address" ADD CONSTRAINT "address_country_check" CHECK ("country" ~ '^[A-Z]{2}$');
ALTER TABLE "session" ADD CONSTRAINT "session_revoked_check" CHECK (("revoked_at" IS NULL) = ("revoke_reason" IS NULL));
ALTER TABLE "session" ADD CONSTRAINT "session_reason_check" CHECK ("revoke_reason" IN ('LOGOUT', 'REUSE'));
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_hash_check" CHECK (length("hash") = 32);
-- At most one default address per account.
CREATE UNIQUE INDEX "address_one_default" ON "address" ("user_id") WHERE "is_default";

-- Messaging tables of a subgraph: what Prisma's schema language cannot say. Each subgraph's first migration ends with this text.

-- What the relay reads, in its order, and the keys it must leave out. Both stay as small as the work that is open.
CREATE INDEX "outbox_unpublished" ON "outbox" ("id") WHERE "published_at" IS NULL;
CREATE INDEX "outbox_parked" ON "outbox" ("topic", "key") WHERE "parked_at" IS NOT NULL AND "published_at" IS NULL;

-- Each row is updated once soon after it was written: vacuum by number, not by share of a day's rows.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

ALTER TABLE "outbox" ADD CONSTRAINT "outbox_sequence_check" CHECK ("sequence" > 0);
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_state_check" CHECK ("state" IN ('DONE', 'PARKED'));
