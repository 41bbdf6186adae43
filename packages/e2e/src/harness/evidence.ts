import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toText, type Finding } from '@tally/audit';
import { createSimulatorAdmin } from '@tally/payment-simulator';
import type { System } from './system.ts';

/** Writes down beside the logs of a run that failed what clients sent and were told, what the provider did, what the log holds, and what the audit found. */
export async function keepEvidence(
  folder: string,
  system: Pick<System, 'simulatorUrl' | 'log'>,
  told: unknown,
  findings: readonly Finding[],
) {
  const keep = (name: string, value: unknown): Promise<void> => writeFile(join(folder, name), JSON.stringify(value, null, 1));
  await keep('history.json', told);
  await keep('ledger.json', await createSimulatorAdmin(system.simulatorUrl).ledger());
  if (system.log !== null) await keep('log.json', await system.log());
  await writeFile(join(folder, 'findings.txt'), toText(findings));
}
