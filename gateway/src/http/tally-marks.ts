const STEP = 11;
const HEIGHT = 44;
const GROUP = 5;
const GAP = 20;

/** Tally marks: one stroke per state, every fifth across the four before it. A stroke has its state as class. */
export function tallyMarks(states: readonly string[]): string {
  const strokes = states.map((state, at) => {
    const left = Math.floor(at / GROUP) * ((GROUP - 1) * STEP + GAP) + 6;
    const place = at % GROUP;
    const x = left + place * STEP;
    // A hand does not draw straight lines.
    const lean = [1, -1, 0.5, -0.5][place] ?? 0;
    const line =
      place === GROUP - 1
        ? `M${String(left - 5)} ${String(HEIGHT - 12)}L${String(left + 3 * STEP + 6)} 11`
        : `M${String(x + lean)} 4L${String(x - lean)} ${String(HEIGHT - 4)}`;
    return `<path class="${state}" d="${line}"/>`;
  });
  const groups = Math.max(1, Math.ceil(states.length / GROUP));
  const width = groups * ((GROUP - 1) * STEP + GAP) - GAP + 2;
  return `<svg class="marks" viewBox="0 0 ${String(width)} ${String(HEIGHT)}" aria-hidden="true">${strokes.join('')}</svg>`;
}
