export { checkInvariants, type AuditOptions } from './check-invariants.ts';
export { toText, type AcknowledgedOrder, type Finding, type LedgerLine } from './finding.ts';
