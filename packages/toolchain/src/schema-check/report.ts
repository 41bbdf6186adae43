import type { AcceptedBreak } from './accepted-breaks.ts';
import type { Coordinate, Verdict } from './change.ts';
import type { InvalidOperation } from './operations.ts';

/** An operation that a change breaks. `where` is `file:line:column`; `former`: the working tree has another one of that name, or none. */
export interface BrokenOperation {
  readonly operation: string;
  readonly client: string | null;
  readonly where: string;
  readonly former: boolean;
}

/** A change, and what comes of it. */
export interface Finding {
  readonly kind: string;
  readonly coordinate: Coordinate;
  readonly verdict: Verdict;
  readonly what: string;
  /** `file:line:column`; `null`: nowhere in the subgraphs. */
  readonly where: string | null;
  readonly breaks: readonly BrokenOperation[];
  readonly accepted: AcceptedBreak | null;
}

/** What a check has found, breaking changes first. */
export interface Report {
  readonly against: string;
  readonly findings: readonly Finding[];
  readonly invalid: readonly InvalidOperation[];
  readonly notes: readonly string[];
  readonly strict: boolean;
}

/** Whether a finding alone makes the check fail. */
export function fails({ verdict, breaks, accepted }: Finding, strict: boolean): boolean {
  return verdict === 'breaking' && accepted === null && (strict || breaks.length > 0);
}

/** Whether nobody is broken. */
export function isOk({ findings, invalid, strict }: Report): boolean {
  return invalid.length === 0 && !findings.some((finding) => fails(finding, strict));
}

/** One sentence: `removed field Order.total breaks OrderPage, Tracker (ReadOrder)`. */
export function sentenceOf({ what, verdict, breaks, accepted }: Finding): string {
  if (verdict !== 'breaking') return what;
  const said = breaks.length > 0 ? `${what} breaks ${namesOf(breaks)}` : `${what}: no known operation uses it`;
  return accepted === null ? said : `${said}; accepted until ${accepted.until}: ${accepted.reason}`;
}

/** What kind of operation failed where: `OrderPage: Cannot query field "totl" on type "Order".` */
export function refusalOf({ operation, client, message }: InvalidOperation): string {
  return `${client === null ? operation : `${client} (${operation})`}: ${message}`;
}

function namesOf(breaks: readonly BrokenOperation[]): string {
  const own = breaks
    .filter(({ client }) => client === null)
    .map(({ operation, former }) => (former ? `${operation} as released` : operation));
  const clients = Map.groupBy(
    breaks.filter(({ client }) => client !== null),
    ({ client }) => client,
  );
  const ofClients = [...clients].map(([client, broken]) => {
    const still = broken.some(({ former }) => !former);
    const names = [...new Set(broken.map(({ operation }) => operation))].sort().join(', ');
    return `${String(client)} (${names})${still ? '' : ' as released'}`;
  });
  return [...[...new Set(own)].sort(), ...ofClients.sort()].join(', ');
}
