import { clockTime, lapse } from '../look/moments.ts';
import { isUnhappy, nameOf, rowsOf, type Row, type Step } from './steps.ts';

/** The steps of an order: those that were told, and those that are expected, in places that are kept for them. */
export function Timeline({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol className="timeline" aria-label="Steps of the order">
      {rowsOf(steps).map((row) => (
        <TimelineRow key={keyOf(row)} row={row} />
      ))}
    </ol>
  );
}

function TimelineRow({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case 'ahead':
      return (
        <li className="ahead">
          <span className="step-name">{nameOf(row.status)}</span>
          <span className="unseen">, not yet</span>
        </li>
      );
    case 'gap':
      return (
        <li className="gap">
          <span className="step-name">
            Steps {row.from} to {row.to} were not told
          </span>
        </li>
      );
    case 'told': {
      const { status, sequence, note, occurredAt, told } = row.step;
      return (
        <li className={`told ${told} ${isUnhappy(status) ? 'unhappy' : ''}`} data-status={status}>
          <span className="step-name">{nameOf(status)}</span>
          <span className="step-time">
            <time dateTime={occurredAt}>{clockTime(occurredAt)}</time>
          </span>
          <span className="step-facts">
            #{sequence} <code>{status}</code>
            {told === 'missed' ? (
              <span className="missed-mark">missed while offline</span>
            ) : row.previous === null ? null : (
              <span> after {lapse(row.previous.occurredAt, occurredAt)}</span>
            )}
          </span>
          {note === null ? null : <span className="step-note">{note}</span>}
        </li>
      );
    }
  }
}

/** A step keeps the place in which it was expected, so that nothing jumps when it comes. */
function keyOf(row: Row): string {
  if (row.kind === 'gap') return `gap ${String(row.from)}`;
  return row.kind === 'ahead'
    ? row.status
    : `${row.step.status}${row.previous?.status === row.step.status ? String(row.step.sequence) : ''}`;
}
