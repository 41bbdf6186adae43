import type { Figures } from './figures.ts';

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .toSorted(([, left], [, right]) => right - left)
    .map(([name, count]) => `${name} ${whole(count)}`)
    .join(', ');

/** One line while the run goes on. */
export const progress = ({ histories, accepted, kills }: Figures, elapsedMs: number): string =>
  `${whole(histories)} seeds, ${whole(accepted)} orders, ${whole(kills)} kills, ${whole(accepted / (elapsedMs / 1_000))} orders/s`;

/** What the run was about, for a terminal. */
export function toText(figures: Figures, elapsedMs: number): string {
  const { histories, purchases, accepted, fates, turns, worldSeconds, kills, killsInSagas, reached, killedAt, replays, fired } = figures;
  const seconds = elapsedMs / 1_000;
  return [
    `seeds     ${whole(histories)} in ${whole(seconds)} s, ${whole(worldSeconds / 3_600)} hours of the world's time`,
    `orders    ${whole(accepted)} of ${whole(purchases)} purchases, ${whole(accepted / seconds)} a second`,
    `fates     ${counts(fates)}`,
    `turns     ${whole(turns)}, ${whole(turns / Math.max(1, accepted))} an order`,
    `kills     ${whole(kills)}, of which inside a saga ${whole(killsInSagas)}`,
    `          at ${Object.keys(killedAt).length} of ${Object.keys(reached).length} crash points: ${counts(killedAt)}`,
    `replays   ${whole(replays)}`,
    `trouble   ${counts(fired)}`,
  ].join('\n');
}
