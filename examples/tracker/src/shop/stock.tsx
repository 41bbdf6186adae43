import { useState } from 'react';
import { formatCount } from '../look/money.ts';
import type { Stock as StockLevel } from './documents.ts';

/** How much is left; a change lights up for a moment. */
export function Stock({ stock: { available, status } }: { readonly stock: StockLevel }) {
  const [shown, setShown] = useState({ available, changes: 0 });
  if (shown.available !== available) setShown({ available, changes: shown.changes + 1 });
  return (
    <span className={`stock ${status.toLowerCase()}`}>
      <span key={shown.changes} className={shown.changes > 0 ? 'count changed' : 'count'}>
        {status === 'OUT_OF_STOCK' ? 'Sold out' : `${formatCount(available)} left`}
      </span>
    </span>
  );
}
