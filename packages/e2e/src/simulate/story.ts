import type { Evidence } from './evidence.ts';

const mostStories = 3;

/** What tables, log and witnesses tell of the orders that some sentences name, so that somebody can see what went wrong. */
export function storiesOf(texts: readonly string[], evidence: Evidence): readonly string[] {
  const named = new Set(texts.flatMap((text) => text.match(/ord_[0-9a-f]{32}/g) ?? []));
  return [...named].slice(0, mostStories).flatMap((id) => storyOf(id, evidence));
}

function storyOf(id: string, evidence: Evidence): readonly string[] {
  const of = <Row extends { readonly orderId: string }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter(({ orderId }) => orderId === id);
  const list = (what: string, entries: readonly string[]): string =>
    `    ${what.padEnd(11)}${entries.length === 0 ? 'nothing' : entries.join(', ')}`;
  const sagas = of(evidence.sagas).map(({ step, outcome, attention }) =>
    [step, outcome, attention].filter((part) => part !== null).join(' '),
  );
  return [
    `  ${id}`,
    list(
      'was',
      of(evidence.timeline)
        .toSorted((left, right) => left.sequence - right.sequence)
        .map(({ status }) => status),
    ),
    list('saga', sagas),
    list(
      'commands',
      of(evidence.commands).map(({ type, answered }) => `${type}${answered ? '' : ' (no answer)'}`),
    ),
    list(
      'claim',
      of(evidence.claims).map(({ state }) => state),
    ),
    list(
      'payment',
      of(evidence.payments).map(({ status, captured, refunded }) => `${status}, ${captured} captured, ${refunded} refunded`),
    ),
    list(
      'operations',
      of(evidence.operations).map(({ operation, state }) => `${operation} ${state}`),
    ),
    list(
      'attempts',
      of(evidence.attempts)
        .toSorted((left, right) => left.number - right.number)
        .map(({ outcome }) => outcome),
    ),
    list(
      'provider',
      evidence.ledger.filter(({ order }) => order === id).map(({ operation, outcome, amount }) => `${operation} ${outcome} ${amount}`),
    ),
    list(
      'log',
      evidence.log
        .filter(({ key }) => key === id)
        .toSorted((left, right) => left.time.getTime() - right.time.getTime())
        .map(({ type }) => type),
    ),
  ];
}
