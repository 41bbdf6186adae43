-- The first tables of orders: carts, orders with their timeline, sagas and the commands they sent, shipments, the replica of prices, rates of tax
-- and shipping, and the messaging tables every subgraph has.
-- Locks: none, every table is new. Names are unqualified; the role's search_path is `orders`.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "orders";

-- CreateTable
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "counter" BIGSERIAL NOT NULL,
    "buyer_id" UUID NOT NULL,
    "saga_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 1,
    "fulfilment_status" TEXT NOT NULL DEFAULT 'UNFULFILLED',
    "currency" CHAR(3) NOT NULL,
    "subtotal" BIGINT NOT NULL,
    "shipping" BIGINT NOT NULL,
    "tax" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "total" BIGINT NOT NULL,
    "shipping_address" JSONB NOT NULL,
    "payment_method_id" UUID,
    "cart_id" UUID,
    "problems" JSONB NOT NULL DEFAULT '[]',
    "cancel_reason" TEXT,
    "client_key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_line" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "variant_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "seller_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_amount" BIGINT NOT NULL,
    "line_amount" BIGINT NOT NULL,
    "tax_class" TEXT NOT NULL,
    "tax_rate_bp" INTEGER NOT NULL,
    "tax_amount" BIGINT NOT NULL,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_event" (
    "order_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "previous" TEXT,
    "status" TEXT NOT NULL,
    "note" TEXT,
    "problems" JSONB NOT NULL DEFAULT '[]',
    "buyer_id" UUID NOT NULL,
    "buyer_sequence" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "order_event_pkey" PRIMARY KEY ("order_id","sequence")
);

-- CreateTable
CREATE TABLE "buyer_stream" (
    "buyer_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "buyer_stream_pkey" PRIMARY KEY ("buyer_id")
);

-- CreateTable
CREATE TABLE "saga" (
    "order_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "outcome" TEXT,
    "captured" BOOLEAN NOT NULL DEFAULT false,
    "committed" BOOLEAN NOT NULL DEFAULT false,
    "in_doubt_since" TIMESTAMPTZ(3),
    "products_sequence" INTEGER NOT NULL DEFAULT 0,
    "payments_sequence" INTEGER NOT NULL DEFAULT 0,
    "deadline_at" TIMESTAMPTZ(3),
    "wake_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "needs_attention" BOOLEAN NOT NULL DEFAULT false,
    "attention" TEXT,
    "traceparent" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saga_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "saga_command" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answered_at" TIMESTAMPTZ(3),
    "voided_at" TIMESTAMPTZ(3),
    "reply" TEXT,

    CONSTRAINT "saga_command_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price" (
    "variant_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "seller_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "tax_class" TEXT NOT NULL,
    "weight_grams" INTEGER NOT NULL,
    "sellable" BOOLEAN NOT NULL,
    "sequence" BIGINT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
CREATE TABLE "cart" (
    "id" UUID NOT NULL,
    "owner_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "live_order_id" UUID,
    "claimed_by" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cart_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cart_line" (
    "cart_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "seen_amount" BIGINT NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cart_line_pkey" PRIMARY KEY ("cart_id","variant_id")
);

-- CreateTable
CREATE TABLE "tax_rate" (
    "country" CHAR(2) NOT NULL,
    "tax_class" TEXT NOT NULL,
    "valid_from" DATE NOT NULL,
    "rate_bp" INTEGER NOT NULL,

    CONSTRAINT "tax_rate_pkey" PRIMARY KEY ("country","tax_class","valid_from")
);

-- CreateTable
CREATE TABLE "shipping_rate" (
    "country" CHAR(2) NOT NULL,
    "method" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "base" BIGINT NOT NULL,
    "per_kg" BIGINT NOT NULL,
    "free_over" BIGINT,

    CONSTRAINT "shipping_rate_pkey" PRIMARY KEY ("country","method")
);

-- CreateTable
CREATE TABLE "shipment" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "carrier" TEXT NOT NULL,
    "tracking_number" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "shipped_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shipment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shipment_line" (
    "shipment_id" UUID NOT NULL,
    "order_line_id" UUID NOT NULL,

    CONSTRAINT "shipment_line_pkey" PRIMARY KEY ("shipment_id","order_line_id")
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
CREATE UNIQUE INDEX "orders_counter_key" ON "orders"("counter");

-- CreateIndex
CREATE INDEX "orders_buyer_id_placed_at_id_idx" ON "orders"("buyer_id", "placed_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "orders_buyer_id_client_key_key" ON "orders"("buyer_id", "client_key");

-- CreateIndex
CREATE UNIQUE INDEX "order_line_order_id_variant_id_key" ON "order_line"("order_id", "variant_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_event_buyer_id_buyer_sequence_key" ON "order_event"("buyer_id", "buyer_sequence");

-- CreateIndex
CREATE INDEX "saga_command_order_id_idx" ON "saga_command"("order_id");

-- CreateIndex
CREATE INDEX "price_product_id_idx" ON "price"("product_id");

-- CreateIndex
CREATE UNIQUE INDEX "cart_owner_id_key" ON "cart"("owner_id");

-- CreateIndex
CREATE INDEX "cart_expires_at_idx" ON "cart"("expires_at");

-- CreateIndex
CREATE INDEX "shipment_order_id_idx" ON "shipment"("order_id");

-- CreateIndex
CREATE INDEX "shipment_line_order_line_id_idx" ON "shipment_line"("order_line_id");

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
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saga" ADD CONSTRAINT "saga_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "cart"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipment" ADD CONSTRAINT "shipment_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipment_line" ADD CONSTRAINT "shipment_line_shipment_id_fkey" FOREIGN KEY ("shipment_id") REFERENCES "shipment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipment_line" ADD CONSTRAINT "shipment_line_order_line_id_fkey" FOREIGN KEY ("order_line_id") REFERENCES "order_line"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema language cannot say.

-- What the sweeper reads. As small as the number of sagas that wait for something.
CREATE INDEX "saga_wake" ON "saga" ("wake_at") WHERE "wake_at" IS NOT NULL;
-- What an operator asks for.
CREATE INDEX "saga_attention" ON "saga" ("order_id") WHERE "needs_attention";
-- A command of one type is asked once at a time.
CREATE UNIQUE INDEX "saga_command_outstanding" ON "saga_command" ("order_id", "type") WHERE "answered_at" IS NULL AND "voided_at" IS NULL;

ALTER TABLE "orders"
  ADD CONSTRAINT "orders_status_check" CHECK ("status" IN ('PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED',
    'DELIVERED', 'COMPLETED', 'REJECTED', 'PAYMENT_FAILED', 'CANCELLING', 'CANCELLED')),
  ADD CONSTRAINT "orders_fulfilment_check" CHECK ("fulfilment_status" IN ('UNFULFILLED', 'PARTIAL', 'FULFILLED')),
  ADD CONSTRAINT "orders_cancel_reason_check" CHECK ("cancel_reason" IN ('CUSTOMER', 'INVENTORY', 'FRAUD', 'PAYMENT', 'TIMEOUT')),
  ADD CONSTRAINT "orders_sequence_check" CHECK ("sequence" > 0),
  ADD CONSTRAINT "orders_amounts_check" CHECK ("subtotal" >= 0 AND "shipping" >= 0 AND "tax" >= 0 AND "discount" >= 0
    AND "total" = "subtotal" - "discount" + "shipping" AND "total" >= 0);
ALTER TABLE "order_line"
  ADD CONSTRAINT "order_line_quantity_check" CHECK ("quantity" BETWEEN 1 AND 1000),
  ADD CONSTRAINT "order_line_amount_check" CHECK ("unit_amount" >= 0 AND "line_amount" = "unit_amount" * "quantity" AND "tax_amount" BETWEEN 0 AND "line_amount");
ALTER TABLE "order_event" ADD CONSTRAINT "order_event_sequence_check" CHECK ("sequence" > 0 AND "buyer_sequence" > 0);
ALTER TABLE "saga"
  ADD CONSTRAINT "saga_step_check" CHECK ("step" IN ('RESERVE', 'AUTHORISE', 'COMPLETE', 'CANCELLING', 'ENDED')),
  ADD CONSTRAINT "saga_outcome_check" CHECK (CASE "step"
    WHEN 'CANCELLING' THEN "outcome" IN ('CANCELLED', 'PAYMENT_FAILED')
    WHEN 'ENDED' THEN "outcome" IN ('SOLD', 'REJECTED', 'CANCELLED', 'PAYMENT_FAILED')
    ELSE "outcome" IS NULL END);
ALTER TABLE "saga_command"
  ADD CONSTRAINT "saga_command_type_check" CHECK ("type" IN ('ReserveStock', 'CommitStock', 'ReleaseStock', 'AuthorisePayment', 'CapturePayment',
    'VoidPayment', 'RefundPayment'));
ALTER TABLE "price" ADD CONSTRAINT "price_check" CHECK ("amount" >= 0 AND "weight_grams" >= 0 AND "sequence" > 0);
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_quantity_check" CHECK ("quantity" BETWEEN 1 AND 1000);
ALTER TABLE "tax_rate" ADD CONSTRAINT "tax_rate_check" CHECK ("rate_bp" BETWEEN 0 AND 10000);
ALTER TABLE "shipping_rate" ADD CONSTRAINT "shipping_rate_check" CHECK ("base" >= 0 AND "per_kg" >= 0 AND "free_over" >= 0);
ALTER TABLE "shipment"
  ADD CONSTRAINT "shipment_status_check" CHECK ("status" IN ('LABEL_CREATED', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED', 'LOST', 'CANCELLED'));

-- Rows that change a few times and then rest: room in their own page keeps those updates away from the indexes.
ALTER TABLE "orders" SET (fillfactor = 70);
ALTER TABLE "saga" SET (fillfactor = 60);
ALTER TABLE "saga_command" SET (fillfactor = 70);
ALTER TABLE "buyer_stream" SET (fillfactor = 50);

-- Where the shop delivers to, and at which rates. Reference rows of every database; more come by migration.
INSERT INTO "tax_rate" ("country", "tax_class", "valid_from", "rate_bp") VALUES
  ('AT', 'STANDARD', '2021-01-01', 2000), ('AT', 'REDUCED', '2021-01-01', 1000), ('AT', 'ZERO', '2021-01-01', 0),
  ('CH', 'STANDARD', '2018-01-01',  770), ('CH', 'REDUCED', '2018-01-01',  250), ('CH', 'ZERO', '2018-01-01', 0),
  ('CH', 'STANDARD', '2024-01-01',  810), ('CH', 'REDUCED', '2024-01-01',  260),
  ('DE', 'STANDARD', '2021-01-01', 1900), ('DE', 'REDUCED', '2021-01-01',  700), ('DE', 'ZERO', '2021-01-01', 0),
  ('ES', 'STANDARD', '2021-01-01', 2100), ('ES', 'REDUCED', '2021-01-01', 1000), ('ES', 'ZERO', '2021-01-01', 0),
  ('FR', 'STANDARD', '2021-01-01', 2000), ('FR', 'REDUCED', '2021-01-01',  550), ('FR', 'ZERO', '2021-01-01', 0),
  ('GB', 'STANDARD', '2021-01-01', 2000), ('GB', 'REDUCED', '2021-01-01',  500), ('GB', 'ZERO', '2021-01-01', 0),
  ('IT', 'STANDARD', '2021-01-01', 2200), ('IT', 'REDUCED', '2021-01-01', 1000), ('IT', 'ZERO', '2021-01-01', 0),
  ('NL', 'STANDARD', '2021-01-01', 2100), ('NL', 'REDUCED', '2021-01-01',  900), ('NL', 'ZERO', '2021-01-01', 0),
  ('US', 'STANDARD', '2021-01-01',    0), ('US', 'REDUCED', '2021-01-01',    0), ('US', 'ZERO', '2021-01-01', 0);
INSERT INTO "shipping_rate" ("country", "method", "currency", "base", "per_kg", "free_over") VALUES
  ('AT', 'STANDARD', 'EUR',  690,  60,  7500), ('CH', 'STANDARD', 'EUR', 1290, 150, 15000), ('DE', 'STANDARD', 'EUR',  490,  40, 5000),
  ('ES', 'STANDARD', 'EUR',  990, 120, 10000), ('FR', 'STANDARD', 'EUR',  790,  80,  7500), ('GB', 'STANDARD', 'EUR', 1190, 150, 15000),
  ('IT', 'STANDARD', 'EUR',  890, 100, 10000), ('NL', 'STANDARD', 'EUR',  590,  50,  7500), ('US', 'STANDARD', 'EUR', 1990, 400,  NULL);

-- Messaging tables of a subgraph: what Prisma's schema language cannot say. Each subgraph's first migration ends with this text.

-- What the relay reads, in its order, and the keys it must leave out. Both stay as small as the work that is open.
CREATE INDEX "outbox_unpublished" ON "outbox" ("id") WHERE "published_at" IS NULL;
CREATE INDEX "outbox_parked" ON "outbox" ("topic", "key") WHERE "parked_at" IS NOT NULL AND "published_at" IS NULL;

-- Each row is updated once soon after it was written: vacuum by number, not by share of a day's rows.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

ALTER TABLE "outbox" ADD CONSTRAINT "outbox_sequence_check" CHECK ("sequence" > 0);
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_state_check" CHECK ("state" IN ('DONE', 'PARKED'));
