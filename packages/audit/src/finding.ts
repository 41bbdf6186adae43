/** What one invariant came to. */
export interface Finding {
  /** As in docs/reliability.md. */
  readonly id: string;
  readonly title: string;
  /** How many things were looked at: a check of nothing proves nothing. */
  readonly checked: number;
  /** Why some of it could not be looked at; absent when all of it was. */
  readonly notChecked?: string;
  /** One sentence per offender, with its id; empty when the invariant holds, as far as it was looked at. */
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

const verdictOf = (violations: readonly string[], notChecked: string | undefined): string =>
  violations.length > 0 ? 'VIOLATED' : notChecked === undefined ? 'holds   ' : 'unknown ';

/** The findings as a table for a terminal, offenders below their line. */
export function toText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ id, title, checked, violations, notChecked }) => [
    `${id.padEnd(3)}  ${verdictOf(violations, notChecked)}  ${String(checked).padStart(7)}  ${title}`,
    ...(notChecked === undefined ? [] : [`      not checked: ${notChecked}`]),
    ...violations.slice(0, shown).map((violation) => `      ${violation}`),
    ...(violations.length > shown ? [`      and ${String(violations.length - shown)} more`] : []),
  ]);
  return `${lines.join('\n')}\n`;
}
