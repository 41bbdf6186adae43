import { readFile } from 'node:fs/promises';
import type { LedgerLine } from '@tally/audit';
import { createSimulatorAdmin } from '@tally/payment-simulator';
import { StartupError } from '@tally/runtime';
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
