import { readFile } from 'node:fs/promises';
import type { DumpedRecord, LedgerLine } from '@tally/audit';
import { deadLetterTopic, topicOf, topics, type Topic } from '@tally/events';
import { toUuid } from '@tally/kernel';
import { dumpLog, openEventLog, type KafkaAddress } from '@tally/messaging';
import { createSimulatorAdmin } from '@tally/payment-simulator';
import { createLogger, StartupError } from '@tally/runtime';
import { z } from 'zod';
import type { LedgerSource } from './settings.ts';

const lines = z.array(
  z.object({
    operation: z.string(),
    order: z.string(),
    authorisation: z.string().nullable(),
    amount: z.number().int(),
    outcome: z.string(),
  }),
);

/** The provider's own books; `null`: nobody has them. @throws {StartupError} they cannot be read. */
export async function readLedger(source: LedgerSource): Promise<readonly LedgerLine[] | null> {
  switch (source.kind) {
    case 'NONE':
      return null;
    case 'SIMULATOR':
      try {
        return await createSimulatorAdmin(source.url).ledger();
      } catch (cause) {
        throw new StartupError(
          `The payment simulator at ${source.url} does not give its ledger: name it by PAYMENT_SIMULATOR_URL, or use --ledger.`,
          { cause },
        );
      }
    case 'FILE':
      try {
        return lines.parse(JSON.parse(await readFile(source.path, 'utf8')));
      } catch (cause) {
        throw new StartupError(`${source.path} is no ledger: a JSON array of operation, order, authorisation, amount and outcome.`, {
          cause,
        });
      }
  }
}

/** All that an event log outside the database holds at this moment. */
export async function readLog(address: KafkaAddress): Promise<readonly DumpedRecord[]> {
  const facts = (Object.keys(topics) as Topic[]).flatMap((name) => [topicOf(name), deadLetterTopic(name)]);
  const logger = createLogger({ service: 'audit', level: 'silent' });
  await using log = await openEventLog(address, { topics: facts, logger, clientId: 'audit' });
  const records = await dumpLog(
    log,
    facts.map(({ name }) => name),
  );
  // By its place: after an interruption records come again.
  const byPlace = new Map(records.map((record) => [`${record.topic} ${String(record.partition)} ${record.position}`, record]));
  return [...byPlace.values()].map(({ topic, partition, position, key, eventId, type, sequence, time }) => ({
    ...{ topic, partition, position: Number(position), key, type, sequence, time },
    eventId: toUuid(eventId),
  }));
}
