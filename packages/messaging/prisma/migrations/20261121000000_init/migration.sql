-- The event log on PostgreSQL: topics, their records, and how far each group has read. See schema.prisma for what each table means.
-- New tables only; no locks on anything that exists.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "event_log";

-- CreateTable
CREATE TABLE "topic_head" (
    "topic" TEXT NOT NULL,
    "last" BIGINT NOT NULL DEFAULT 0,
    "partitions" INTEGER NOT NULL,

    CONSTRAINT "topic_head_pkey" PRIMARY KEY ("topic")
);

-- CreateTable
CREATE TABLE "partition" (
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "trimmed_through" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "partition_pkey" PRIMARY KEY ("topic","partition")
);

-- CreateTable
CREATE TABLE "record" (
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "traceparent" TEXT,
    "tracestate" TEXT,
    "payload" TEXT NOT NULL,
    "appended_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "record_pkey" PRIMARY KEY ("topic","partition","position")
);

-- CreateTable
CREATE TABLE "reader" (
    "group_id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "owner" UUID,
    "epoch" BIGINT NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "reader_pkey" PRIMARY KEY ("group_id","topic","partition")
);

-- CreateTable
CREATE TABLE "member" (
    "group_id" TEXT NOT NULL,
    "member" UUID NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "member_pkey" PRIMARY KEY ("group_id","member")
);


-- One hot row per topic and per reader: room for updates on the same page keeps them out of the indexes.
ALTER TABLE "topic_head" SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
ALTER TABLE "reader" SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
