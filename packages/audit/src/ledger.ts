import type { LedgerLine } from './finding.ts';

const succeeded = ({ outcome }: LedgerLine): boolean => outcome === 'succeeded';

/** What the provider did about one order. Amounts in minor units. */
export interface ProviderAccount {
  readonly captures: number;
  readonly captured: number;
  readonly refunded: number;
  /** Authorisations that hold money: granted, and neither captured, voided nor expired since. */
  readonly open: readonly string[];
}

/** Nothing was ever asked of the provider, or nothing came of it. */
export const emptyAccount: ProviderAccount = { captures: 0, captured: 0, refunded: 0, open: [] };

/** The provider's ledger per order. */
export function accountsOf(ledger: readonly LedgerLine[]): ReadonlyMap<string, ProviderAccount> {
  const byOrder = Map.groupBy(ledger, ({ order }) => order);
  return new Map([...byOrder].map(([order, lines]) => [order, accountOf(lines.filter(succeeded))]));
}

function accountOf(lines: readonly LedgerLine[]): ProviderAccount {
  const of = (...operations: readonly string[]) => lines.filter(({ operation }) => operations.includes(operation));
  const sum = (some: readonly LedgerLine[]) => some.reduce((total, { amount }) => total + amount, 0);
  const ended = new Set(of('capture', 'void', 'expire').map(({ authorisation }) => authorisation));
  const granted = new Set(of('authorise', 'approve').map(({ authorisation }) => authorisation));
  return {
    captures: of('capture').length,
    captured: sum(of('capture')),
    refunded: sum(of('refund')),
    open: [...granted].filter((authorisation) => !ended.has(authorisation)).map((authorisation) => authorisation ?? 'without a name'),
  };
}
