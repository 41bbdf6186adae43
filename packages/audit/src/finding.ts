/** What one invariant came to. */
export interface Finding {
  /** As in docs/reliability.md. */
  readonly id: string;
  readonly title: string;
  /** How many things were looked at: a check of nothing proves nothing. */
  readonly checked: number;
  /** One sentence per offender, with its id; empty when the invariant holds. */
  readonly violations: readonly string[];
}

/** A line of the provider's ledger. Amounts in minor units. */
export interface LedgerLine {
  readonly operation: string;
  /** Our order, as the provider was told. */
  readonly order: string;
  readonly authorisation: string | null;
  readonly amount: number;
  readonly outcome: string;
}

/** An order that a client was told of. */
export interface AcknowledgedOrder {
  /** In its prefixed spelling. */
  readonly id: string;
  /** Minor units, as the client was told. */
  readonly total: number;
}

const shown = 10;

/** The findings as a table for a terminal, offenders below their line. */
export function toText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ id, title, checked, violations }) => [
    `${id.padEnd(3)}  ${violations.length === 0 ? 'holds   ' : 'VIOLATED'}  ${String(checked).padStart(7)}  ${title}`,
    ...violations.slice(0, shown).map((violation) => `      ${violation}`),
    ...(violations.length > shown ? [`      and ${String(violations.length - shown)} more`] : []),
  ]);
  return `${lines.join('\n')}\n`;
}
