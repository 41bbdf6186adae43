export { checkInvariants, type AuditOptions } from './check-invariants.ts';
export { accountsOf, emptyAccount, type ProviderAccount } from './ledger.ts';
export type { DumpedRecord } from './log-tables.ts';
export { toText, type AcknowledgedOrder, type Finding, type LedgerLine } from './finding.ts';
