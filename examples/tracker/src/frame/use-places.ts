import { useSyncExternalStore } from 'react';
import { goTo, hrefOf, start, type LeftPlace, type Places, type RightPlace } from './places.ts';

let places = goTo(start, location.hash);
const listeners = new Set<() => void>();

window.addEventListener('hashchange', () => {
  places = goTo(places, location.hash);
  for (const listener of [...listeners]) listener();
});

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const usePlaces = (): Places => useSyncExternalStore(subscribe, () => places);

export function visit(place: LeftPlace | RightPlace): void {
  location.hash = hrefOf(place);
}
