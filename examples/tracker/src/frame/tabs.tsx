import { hrefOf, type LeftPlace, type RightPlace } from './places.ts';

export interface Tab {
  readonly name: string;
  readonly place: LeftPlace | RightPlace;
  readonly current: boolean;
  /** Shown when it is more than 0. */
  readonly count: number;
}

/** Links between the places: one row per pane in a wide window, all in one at the foot of a phone. */
export function Tabs({ label, tabs, className }: { readonly label: string; readonly tabs: readonly Tab[]; readonly className: string }) {
  return (
    <nav className={className} aria-label={label}>
      {tabs.map(({ name, place, current, count }) => (
        <a key={name} href={hrefOf(place)} aria-current={current ? 'page' : undefined}>
          {name}
          {count > 0 ? <span className="count-badge">{count}</span> : null}
        </a>
      ))}
    </nav>
  );
}
