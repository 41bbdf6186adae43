import { useConnection } from '../frame/shopfront.tsx';
import { clockTime } from '../look/moments.ts';

/** Whether the stock on the page is that of this moment. */
export function StockAge() {
  const state = useConnection();
  if (state.kind === 'live') return <span className="live-mark">Stock is live</span>;
  if (state.kind === 'lost' || state.kind === 'cut') return <span className="stale-mark">Stock as of {clockTime(state.since)}</span>;
  return <span>Connecting</span>;
}
