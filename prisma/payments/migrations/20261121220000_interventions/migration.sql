-- What people did about trouble, and who runs a job at present.
-- Two new tables: no lock is held on anything in use but, for the moment of its building, by the index on payment.

-- CreateTable
CREATE TABLE "intervention" (
    "id" BIGSERIAL NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "intervention_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_lease" (
    "job" TEXT NOT NULL,
    "owner" UUID,
    "fence" BIGINT NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "progress" JSONB,

    CONSTRAINT "job_lease_pkey" PRIMARY KEY ("job")
);

-- What the view of trouble reads. As small as the number of payments that a person has to look at.
CREATE INDEX "payment_attention" ON "payment" ("id") WHERE "attention" IS NOT NULL;
