/** A cell: text is shown as it is, numbers with as many digits as they are worth, `null` as a dash. */
export type Cell = string | number | null;

/** Rows under headings for a terminal; the first column is left-aligned, the others are numbers. */
export function toTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map(shown))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const padded = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  );
  const [head = '', ...body] = padded;
  return [head, '─'.repeat(head.length), ...body].join('\n');
}

function shown(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return '–';
  return cell.toFixed(Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 2);
}
