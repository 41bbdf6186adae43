import type { ConnectionState } from '../live/connection.ts';
import { clockTime } from '../look/moments.ts';
import { lastOf, type Step } from '../orders/steps.ts';
import { useConnection, useShopfront } from './shopfront.tsx';

/** How the page hears of things, and the button that makes it deaf. */
export function ConnectionBar({ steps }: { readonly steps: readonly Step[] }) {
  const { connection } = useShopfront();
  const state = useConnection();
  const away = state.kind === 'cut' || state.kind === 'lost';
  const note = away ? awayNote(state.kind, lastOf(steps)) : state.kind === 'live' ? missedNote(steps) : '';
  return (
    <section className={`connection ${state.kind}`} aria-label="Connection">
      <p role="status">
        <span className="dot" aria-hidden="true" />
        <span>
          <b>{titleOf(state)}</b>
          {note === '' ? null : <span className="bar-note">{note}</span>}
        </span>
      </p>
      {away ? (
        <button
          type="button"
          className="primary"
          onClick={() => {
            connection.restore();
          }}
        >
          Reconnect
        </button>
      ) : (
        <button
          type="button"
          aria-label="Cut the connection"
          onClick={() => {
            connection.cut();
          }}
        >
          Cut<span className={note === '' ? '' : 'wide-only'}> the connection</span>
        </button>
      )}
    </section>
  );
}

const awayNote = (kind: 'cut' | 'lost', last: number): string =>
  [...(kind === 'lost' ? ['trying again'] : []), ...(last > 0 ? [`last step seen #${String(last)}`] : [])].join(', ');

function missedNote(steps: readonly Step[]): string {
  const missed = steps.filter(({ told }) => told === 'missed').length;
  if (missed === 0) return '';
  return missed === 1 ? 'caught up on 1 missed step' : `caught up on ${String(missed)} missed steps`;
}

function titleOf(state: ConnectionState): string {
  switch (state.kind) {
    case 'idle':
      return 'Nothing to listen to';
    case 'connecting':
      return 'Connecting';
    case 'live':
      return 'Live';
    case 'lost':
      return `Connection lost at ${clockTime(state.since)}`;
    case 'cut':
      return `Offline since ${clockTime(state.since)}`;
  }
}
