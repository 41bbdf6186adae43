import { checkInvariants, toText, type AcknowledgedOrder } from '@tally/audit';
import { createSimulatorAdmin } from '@tally/payment-simulator';
import type { MeasuredPlatform } from './platform.ts';

/**
 * Audits what a run left behind, with the provider's own ledger and everything that clients were told.
 *
 * @returns the findings as a table, when all of them hold and none looked at nothing.
 * @throws {Error} with the findings: the run has no result.
 */
export async function audited(platform: MeasuredPlatform, acknowledged: readonly AcknowledgedOrder[]): Promise<string> {
  const ledger = await createSimulatorAdmin(platform.simulatorUrl).ledger();
  const findings = await checkInvariants({ auditorUrl: platform.urls.auditor, ledger, acknowledged });
  const clean = findings.every(({ violations }) => violations.length === 0);
  if (!clean) throw new Error(`the audit is not clean, so this run has no result:\n${toText(findings)}`);
  return toText(findings);
}
