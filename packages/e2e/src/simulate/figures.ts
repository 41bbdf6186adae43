/** What happened in a history, or in many. Counts. */
export interface Figures {
  readonly histories: number;
  /** Requests for a checkout that clients meant, repeats aside. */
  readonly purchases: number;
  /** Orders that came to be. */
  readonly accepted: number;
  /** Orders by the status they ended in. */
  readonly fates: Readonly<Record<string, number>>;
  readonly turns: number;
  /** Of the world's time, in seconds. */
  readonly worldSeconds: number;
  readonly kills: number;
  /** How often a process came to each crash point, and how often it died there. */
  readonly reached: Readonly<Record<string, number>>;
  readonly killedAt: Readonly<Record<string, number>>;
  /** Of all kills, so many while the saga of at least one order was under way. */
  readonly killsInSagas: number;
  /** Answers to a key that had been answered before. */
  readonly replays: number;
  /** How often each kind of trouble came about. */
  readonly fired: Readonly<Record<string, number>>;
}

export const nothing: Figures = {
  ...{ histories: 0, purchases: 0, accepted: 0, fates: {}, turns: 0, worldSeconds: 0 },
  ...{ kills: 0, reached: {}, killedAt: {}, killsInSagas: 0, replays: 0, fired: {} },
};

/** Both together. */
export const sum = (left: Figures, right: Figures): Figures => ({
  histories: left.histories + right.histories,
  purchases: left.purchases + right.purchases,
  accepted: left.accepted + right.accepted,
  fates: added(left.fates, right.fates),
  turns: left.turns + right.turns,
  worldSeconds: left.worldSeconds + right.worldSeconds,
  kills: left.kills + right.kills,
  reached: added(left.reached, right.reached),
  killedAt: added(left.killedAt, right.killedAt),
  killsInSagas: left.killsInSagas + right.killsInSagas,
  replays: left.replays + right.replays,
  fired: added(left.fired, right.fired),
});

function added(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>): Record<string, number> {
  const sums = { ...left };
  for (const [name, count] of Object.entries(right)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

const soldAtLeast = 0.35;
const acceptedAtLeast = 0.8;
const killsInSagasAtLeast = 0.5;
/** So few histories say nothing about shares. */
const fewHistories = 20;
/** So many visits to a crash point without a death are no chance any more. */
const manyVisits = 3_000;

/**
 * I12: what is missing for the run to prove anything. A run in which nothing went through, or nothing went wrong, is void.
 *
 * @param kinds of trouble that had to come about.
 */
export function belowFloor(figures: Figures, kinds: readonly string[]): readonly string[] {
  const { histories, purchases, accepted, fates, kills, killsInSagas, reached, killedAt, fired } = figures;
  if (histories < fewHistories) return [];
  const sold = (fates['PROCESSING'] ?? 0) / Math.max(1, accepted);
  const missing: string[] = [];
  if (accepted < acceptedAtLeast * purchases)
    missing.push(`${accepted} of ${purchases} purchases were accepted, at least ${acceptedAtLeast} of them must be`);
  if (sold < soldAtLeast) missing.push(`${sold.toFixed(2)} of the accepted orders were sold, at least ${soldAtLeast} must be`);
  if (killsInSagas < killsInSagasAtLeast * kills)
    missing.push(`${killsInSagas} of ${kills} kills fell inside a saga, at least ${killsInSagasAtLeast} of them must`);
  for (const [point, times] of Object.entries(reached))
    if (times > manyVisits && killedAt[point] === undefined) missing.push(`nobody ever died at ${point}`);
  return [
    ...missing,
    ...kinds.filter((kind) => (fired[kind] ?? 0) < histories / fewHistories).map((kind) => `"${kind}" hardly came about`),
  ];
}
