/** A step of an order as it was told. */
export interface Step {
  readonly sequence: number;
  readonly status: string;
  readonly note: string | null;
  readonly occurredAt: string;
  /** `before`: it had happened when the page was opened. `missed`: while the page was offline, and told afterwards. */
  readonly told: 'before' | 'live' | 'missed';
}

/** A line of the timeline. */
export type Row =
  | { readonly kind: 'told'; readonly step: Step; readonly previous: Step | null }
  /** Sequences that were skipped; the shop promises that this never happens. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** Where an order that goes well goes next. */
  | { readonly kind: 'ahead'; readonly status: string };

const path = ['PENDING', 'STOCK_RESERVED', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED'] as const;

const aheadOf: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(path.map((status, at) => [status, path.slice(at + 1)])),
  PARTIALLY_SHIPPED: ['SHIPPED', 'DELIVERED'],
  CANCELLING: ['CANCELLED'],
};

const ends: ReadonlySet<string> = new Set(['DELIVERED', 'COMPLETED', 'REJECTED', 'PAYMENT_FAILED', 'CANCELLED']);
const unhappy: ReadonlySet<string> = new Set(['REJECTED', 'PAYMENT_FAILED', 'CANCELLING', 'CANCELLED']);

export const isEnd = (status: string): boolean => ends.has(status);
export const isUnhappy = (status: string): boolean => unhappy.has(status);

const names: Readonly<Record<string, string>> = {
  PENDING: 'Placed',
  STOCK_RESERVED: 'Stock reserved',
  CONFIRMED: 'Confirmed',
  PROCESSING: 'Being prepared',
  PARTIALLY_SHIPPED: 'Partly on its way',
  SHIPPED: 'On its way',
  DELIVERED: 'Delivered',
  COMPLETED: 'Completed',
  REJECTED: 'Rejected',
  PAYMENT_FAILED: 'Payment failed',
  CANCELLING: 'Being cancelled',
  CANCELLED: 'Cancelled',
};

/** What people call a status; one that is new here keeps its name. */
export const nameOf = (status: string): string => names[status] ?? status;

/** Steps that were told, in their order and each once: one that is known already stays as it is. */
export function withStep(steps: readonly Step[], step: Step): readonly Step[] {
  if (steps.some(({ sequence }) => sequence === step.sequence)) return steps;
  return [...steps, step].sort((one, other) => one.sequence - other.sequence);
}

/** What was told, then what is expected. */
export function rowsOf(steps: readonly Step[]): readonly Row[] {
  const rows: Row[] = [];
  let previous: Step | null = null;
  for (const step of steps) {
    const expected: number = (previous?.sequence ?? 0) + 1;
    if (step.sequence > expected) rows.push({ kind: 'gap', from: expected, to: step.sequence - 1 });
    rows.push({ kind: 'told', step, previous });
    previous = step;
  }
  const ahead = previous === null ? path : (aheadOf[previous.status] ?? []);
  return [...rows, ...ahead.map((status) => ({ kind: 'ahead' as const, status }))];
}

/** The newest sequence that was told; 0 when none was. */
export const lastOf = (steps: readonly Step[]): number => steps.at(-1)?.sequence ?? 0;
