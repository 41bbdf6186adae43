/** What a history is made of, as plain JSON: whoever runs the same schedule with the same code gets the same history. */
export interface Schedule {
  readonly seed: number;
  /** How much work there is, for example orders; 1 or more. */
  readonly size: number;
  /** How often each kind of fault strikes at most; a kind that is missing never does. */
  readonly faults: Readonly<Record<string, number>>;
  /** Turns after which nothing goes wrong any more; `null`: no limit. */
  readonly faultyTurns: number | null;
}

/** A schedule with every kind of fault, without limit. `most` is what stands for that in JSON. */
export const fullSchedule = (seed: number, size: number, kinds: readonly string[]): Schedule => ({
  seed,
  size,
  faults: Object.fromEntries(kinds.map((kind) => [kind, most])),
  faultyTurns: null,
});

const most = 1_000_000;

/** Schedules that are a little smaller, the boldest first. */
export function* smaller(schedule: Schedule): Generator<Schedule> {
  const { seed, size, faults, faultyTurns } = schedule;
  for (const less of lessThan(size, 1)) {
    yield { ...schedule, size: less };
    // Less work is another history: some other seed may show the same there.
    for (let other = 1; other <= 3; other += 1) yield { ...schedule, size: less, seed: (seed + other * 7_919) >>> 0 };
  }
  for (const kind of Object.keys(faults)) yield { ...schedule, faults: without(faults, kind) };
  if (faultyTurns !== null) for (const less of lessThan(faultyTurns, 0).slice(0, 3)) yield { ...schedule, faultyTurns: less };
  for (const [kind, times] of Object.entries(faults))
    for (const less of lessThan(times, 1)) yield { ...schedule, faults: { ...faults, [kind]: less } };
}

/** A half, three quarters, one less: none below `least`. */
const lessThan = (value: number, least: number): readonly number[] => [
  ...new Set([Math.floor(value / 2), Math.floor((value * 3) / 4), value - 1].filter((less) => less >= least && less < value)),
];

const without = (faults: Schedule['faults'], kind: string): Schedule['faults'] =>
  Object.fromEntries(Object.entries(faults).filter(([other]) => other !== kind));
