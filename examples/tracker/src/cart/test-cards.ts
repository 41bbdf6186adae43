/** Cards of the payment simulator, each with a mind of its own. */
export const testCards = [
  { token: 'tok_ok', name: 'Card that is good', says: 'approved at once' },
  { token: 'tok_declined', name: 'Card that is declined', says: 'the order fails, the stock goes back' },
  { token: 'tok_slow_3s', name: 'Bank that is slow', says: 'takes 3 seconds' },
  { token: 'tok_timeout_after', name: 'Bank that falls silent', says: 'charges, and never says so: the shop finds out' },
] as const;

export type TestCard = (typeof testCards)[number];
