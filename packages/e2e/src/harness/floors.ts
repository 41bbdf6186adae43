/** What was counted, and how much of it there must be: an empty run proves nothing. */
export type Floor = readonly [what: string, count: number, floor: number];

/** What falls short, in words. */
export const belowFloors = (floors: readonly Floor[]): readonly string[] =>
  floors
    .filter(([, count, floor]) => count < floor)
    .map(([what, count, floor]) => `only ${String(count)} ${what}, at least ${String(floor)} must be`);
