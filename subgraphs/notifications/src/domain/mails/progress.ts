import type { Step } from './letter.ts';

const steps = ['Confirmed', 'Shipped', 'Delivered'] as const;

/** The way of an order up to a step. */
export const progressTo = (reached: (typeof steps)[number]): readonly Step[] =>
  steps.map((label, at) => ({ label, state: at <= steps.indexOf(reached) ? 'DONE' : 'AHEAD' }));

/** Some lines have left, others have not. */
export const partlyShipped: readonly Step[] = [
  { label: 'Confirmed', state: 'DONE' },
  { label: 'Partly shipped', state: 'PARTLY' },
  { label: 'Delivered', state: 'AHEAD' },
];
