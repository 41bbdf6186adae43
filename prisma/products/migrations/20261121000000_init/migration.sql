-- The first tables of products: catalogue, stock with its ledger and reservations, search rows, and the messaging tables every subgraph has.
-- Locks: none, every table is new. Names are unqualified; the role's search_path is `products`.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "products";

-- Trusted: the owner role may create it. It lands in this schema, where its operators are found by search_path.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateTable
CREATE TABLE "category" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "parent_id" UUID,
    "path" TEXT[],
    "ancestor_ids" UUID[],
    "attributes" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "category_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "seller" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "seller_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "category_id" UUID NOT NULL,
    "seller_id" UUID NOT NULL,
    "tags" TEXT[],
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "currency" CHAR(3) NOT NULL,
    "price_min" BIGINT NOT NULL,
    "price_max" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_variant" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "compare_at" BIGINT,
    "options" JSONB NOT NULL DEFAULT '[]',
    "weight_grams" INTEGER,
    "tax_class" TEXT NOT NULL DEFAULT 'STANDARD',
    "position" INTEGER NOT NULL,

    CONSTRAINT "product_variant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stock" (
    "variant_id" UUID NOT NULL,
    "available" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
CREATE TABLE "stock_movement" (
    "variant_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "order_id" UUID,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_movement_pkey" PRIMARY KEY ("variant_id","version")
);

-- CreateTable
CREATE TABLE "stock_claim" (
    "order_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "reason" TEXT,
    "short" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_claim_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "reservation" (
    "order_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("order_id","variant_id")
);

-- CreateTable
CREATE TABLE "product_search" (
    "product_id" UUID NOT NULL,
    "document" tsvector NOT NULL,
    "title" TEXT NOT NULL,
    "category_ids" UUID[],
    "seller_id" UUID NOT NULL,
    "tags" TEXT[],
    "price_min" BIGINT NOT NULL,
    "price_max" BIGINT NOT NULL,
    "in_stock" BOOLEAN NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "product_search_pkey" PRIMARY KEY ("product_id")
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
CREATE UNIQUE INDEX "category_slug_key" ON "category"("slug");

-- CreateIndex
CREATE INDEX "category_parent_id_idx" ON "category"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "seller_slug_key" ON "seller"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "product_slug_key" ON "product"("slug");

-- CreateIndex
CREATE INDEX "product_category_id_idx" ON "product"("category_id");

-- CreateIndex
CREATE INDEX "product_seller_id_idx" ON "product"("seller_id");

-- CreateIndex
CREATE UNIQUE INDEX "product_variant_sku_key" ON "product_variant"("sku");

-- CreateIndex
CREATE UNIQUE INDEX "product_variant_product_id_position_key" ON "product_variant"("product_id", "position");

-- CreateIndex
CREATE INDEX "product_search_document_idx" ON "product_search" USING GIN ("document");

-- CreateIndex
CREATE INDEX "product_search_title_trigrams" ON "product_search" USING GIN ("title" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "product_search_category_ids_idx" ON "product_search" USING GIN ("category_ids");

-- CreateIndex
CREATE INDEX "product_search_tags_idx" ON "product_search" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "product_search_price_min_product_id_idx" ON "product_search"("price_min", "product_id");

-- CreateIndex
CREATE INDEX "product_search_published_at_product_id_idx" ON "product_search"("published_at", "product_id");

-- CreateIndex
CREATE INDEX "product_search_title_product_id_idx" ON "product_search"("title", "product_id");

-- CreateIndex
CREATE INDEX "product_search_seller_id_idx" ON "product_search"("seller_id");

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
ALTER TABLE "category" ADD CONSTRAINT "category_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product" ADD CONSTRAINT "product_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product" ADD CONSTRAINT "product_seller_id_fkey" FOREIGN KEY ("seller_id") REFERENCES "seller"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_variant" ADD CONSTRAINT "product_variant_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock" ADD CONSTRAINT "stock_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "product_variant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema language cannot say.
ALTER TABLE "category" ALTER COLUMN "path" SET NOT NULL, ALTER COLUMN "ancestor_ids" SET NOT NULL;
ALTER TABLE "product" ALTER COLUMN "tags" SET NOT NULL;
ALTER TABLE "product_search" ALTER COLUMN "category_ids" SET NOT NULL, ALTER COLUMN "tags" SET NOT NULL;

ALTER TABLE "product"
  ADD CONSTRAINT "product_status_check" CHECK ("status" IN ('DRAFT', 'ACTIVE', 'ARCHIVED')),
  ADD CONSTRAINT "product_version_check" CHECK ("version" > 0),
  ADD CONSTRAINT "product_price_check" CHECK (0 < "price_min" AND "price_min" <= "price_max");
ALTER TABLE "product_variant"
  ADD CONSTRAINT "product_variant_amount_check" CHECK ("amount" > 0),
  ADD CONSTRAINT "product_variant_compare_at_check" CHECK ("compare_at" > "amount"),
  ADD CONSTRAINT "product_variant_weight_check" CHECK ("weight_grams" >= 0),
  ADD CONSTRAINT "product_variant_position_check" CHECK ("position" > 0);

-- The last line of defence against selling what is not there; the guarded statements come first.
ALTER TABLE "stock"
  ADD CONSTRAINT "stock_available_check" CHECK ("available" >= 0),
  ADD CONSTRAINT "stock_reserved_check" CHECK ("reserved" >= 0),
  ADD CONSTRAINT "stock_version_check" CHECK ("version" > 0);
ALTER TABLE "stock_movement"
  ADD CONSTRAINT "stock_movement_kind_check" CHECK ("kind" IN ('OPENING', 'ADJUSTED', 'RESERVED', 'RELEASED', 'COMMITTED', 'RESTOCKED')),
  ADD CONSTRAINT "stock_movement_quantity_check" CHECK (CASE "kind" WHEN 'OPENING' THEN "quantity" >= 0 WHEN 'ADJUSTED' THEN "quantity" <> 0 ELSE "quantity" > 0 END),
  ADD CONSTRAINT "stock_movement_order_check" CHECK (("order_id" IS NULL) = ("kind" IN ('OPENING', 'ADJUSTED')));
ALTER TABLE "stock_claim"
  ADD CONSTRAINT "stock_claim_state_check" CHECK ("state" IN ('RESERVED', 'REJECTED', 'COMMITTED', 'RELEASED')),
  ADD CONSTRAINT "stock_claim_sequence_check" CHECK ("sequence" > 0);
ALTER TABLE "reservation" ADD CONSTRAINT "reservation_quantity_check" CHECK ("quantity" > 0);

-- A hot row is rewritten hundreds of times a second: room in its own page keeps those updates away from the index.
ALTER TABLE "stock" SET (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "stock_claim" SET (fillfactor = 70);
ALTER TABLE "product_search" SET (fillfactor = 80);

-- What the age of the oldest reservation is read from: only as long as orders are under way.
CREATE INDEX "stock_claim_reserved" ON "stock_claim" ("created_at") WHERE "state" = 'RESERVED';

-- A pending list would make the search that happens to flush it slow; product rows change seldom.
ALTER INDEX "product_search_document_idx" SET (fastupdate = off);
ALTER INDEX "product_search_title_trigrams" SET (fastupdate = off);
ALTER INDEX "product_search_category_ids_idx" SET (fastupdate = off);
ALTER INDEX "product_search_tags_idx" SET (fastupdate = off);

-- The house itself sells; the graph has no way to add another seller yet.
INSERT INTO "seller" ("id", "slug", "name") VALUES ('01930000-0000-7000-8000-000000000001', 'tally-goods', 'Tally Goods');

-- Messaging tables of a subgraph: what Prisma's schema language cannot say. Each subgraph's first migration ends with this text.

-- What the relay reads, in its order, and the keys it must leave out. Both stay as small as the work that is open.
CREATE INDEX "outbox_unpublished" ON "outbox" ("id") WHERE "published_at" IS NULL;
CREATE INDEX "outbox_parked" ON "outbox" ("topic", "key") WHERE "parked_at" IS NOT NULL AND "published_at" IS NULL;

-- Each row is updated once soon after it was written: vacuum by number, not by share of a day's rows.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

ALTER TABLE "outbox" ADD CONSTRAINT "outbox_sequence_check" CHECK ("sequence" > 0);
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_state_check" CHECK ("state" IN ('DONE', 'PARKED'));
