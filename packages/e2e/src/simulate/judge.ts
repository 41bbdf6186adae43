import type { Finding } from '@tally/audit';
import type { Evidence } from './evidence.ts';
import { judgeDelivery } from './judge/delivery.ts';
import { judgeMoney } from './judge/money.ts';
import { judgeOrders } from './judge/orders.ts';
import { judgeStock } from './judge/stock.ts';

/** I1 to I9 of docs/reliability.md over a quiet world in memory, in the words of the audit, so that both can be held against each other. */
export const judge = (evidence: Evidence): readonly Finding[] => [
  ...judgeMoney(evidence),
  ...judgeStock(evidence),
  ...judgeOrders(evidence),
  ...judgeDelivery(evidence),
];
