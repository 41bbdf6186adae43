const step = 11;
const height = 44;
const perGroup = 5;
const gap = 20;

/** Tally marks: every fifth across the four before it. Each is drawn as it comes. */
export function Marks({ count, className = 'marks' }: { readonly count: number; readonly className?: string }) {
  const full = Math.floor(count / perGroup);
  const rest = count % perGroup;
  const width = full * ((perGroup - 1) * step + gap) + (rest === 0 ? 2 - gap : (rest - 1) * step + 12);
  return (
    <svg className={className} viewBox={`0 0 ${String(Math.max(1, width))} ${String(height)}`} aria-hidden="true">
      {Array.from({ length: count }, (_, at) => (
        <path key={at} pathLength={1} d={stroke(at)} />
      ))}
    </svg>
  );
}

function stroke(at: number): string {
  const left = Math.floor(at / perGroup) * ((perGroup - 1) * step + gap) + 6;
  const place = at % perGroup;
  if (place === perGroup - 1) return `M${String(left - 5)} ${String(height - 12)}L${String(left + 3 * step + 6)} 11`;
  const x = left + place * step;
  // A hand does not draw straight lines.
  const lean = [1, -1, 0.5, -0.5][place] ?? 0;
  return `M${String(x + lean)} 4L${String(x - lean)} ${String(height - 4)}`;
}
