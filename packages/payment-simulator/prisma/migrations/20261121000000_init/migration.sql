-- The payment simulator's first tables: authorisations, the append-only ledger, idempotency keys with their recorded answers, the scripted next
-- answers and the operations still to be done late. All of it is durable, so that a provider killed at any moment comes back as it was.
-- Locks: none, every table is new. Names are unqualified; the role's search_path is `simulator`.

-- CreateTable
CREATE TABLE "authorisation" (
    "id" TEXT NOT NULL,
    "order_ref" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "token" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "capture_at_once" BOOLEAN NOT NULL,
    "captured" BIGINT NOT NULL DEFAULT 0,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "stale_until" TIMESTAMPTZ(3),
    "stale_view" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "authorisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger" (
    "id" BIGSERIAL NOT NULL,
    "operation" TEXT NOT NULL,
    "order_ref" TEXT NOT NULL,
    "authorisation_id" TEXT,
    "key" TEXT,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "behaviour" TEXT,
    "status" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "authorisation_id" TEXT,
    "answer_status" INTEGER,
    "answer_body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "script" (
    "id" BIGSERIAL NOT NULL,
    "operation" TEXT NOT NULL,
    "token" TEXT,
    "behaviour" TEXT NOT NULL,

    CONSTRAINT "script_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "late_operation" (
    "id" BIGSERIAL NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "request" JSON NOT NULL,
    "verdict" TEXT NOT NULL,
    "behaviour" TEXT NOT NULL,

    CONSTRAINT "late_operation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "authorisation_order_ref_idx" ON "authorisation"("order_ref");

-- CreateIndex
CREATE INDEX "ledger_order_ref_id_idx" ON "ledger"("order_ref", "id");

-- CreateIndex
CREATE INDEX "ledger_authorisation_id_id_idx" ON "ledger"("authorisation_id", "id");

-- CreateIndex
CREATE INDEX "script_operation_id_idx" ON "script"("operation", "id");

-- CreateIndex
CREATE INDEX "late_operation_due_at_idx" ON "late_operation"("due_at");

-- AddForeignKey
ALTER TABLE "ledger" ADD CONSTRAINT "ledger_authorisation_id_fkey" FOREIGN KEY ("authorisation_id") REFERENCES "authorisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_authorisation_id_fkey" FOREIGN KEY ("authorisation_id") REFERENCES "authorisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What follows Prisma's schema language cannot say; the drift check does not look at it.

-- No path through the code may ever capture more than was authorised or give back more than was captured.
ALTER TABLE "authorisation" ADD CONSTRAINT "authorisation_amounts_check"
    CHECK ("amount" > 0 AND 0 <= "refunded" AND "refunded" <= "captured" AND "captured" <= "amount");

ALTER TABLE "authorisation" ADD CONSTRAINT "authorisation_status_check"
    CHECK ("status" IN ('requires_action', 'authorised', 'captured', 'partially_refunded', 'refunded', 'declined', 'voided', 'expired'));

-- A witness whose rows can be changed is none.
CREATE FUNCTION "refuse_ledger_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END
$$;

CREATE TRIGGER "ledger_is_append_only" BEFORE UPDATE OR DELETE ON "ledger"
    FOR EACH ROW EXECUTE FUNCTION "refuse_ledger_change"();
