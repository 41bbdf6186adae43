import type { Caller } from '@tally/identity';
import { forbidden, unauthenticated } from './errors.ts';

/** On whose behalf the gateway asks. */
export type Viewer = Caller;

/** A viewer who is a person. */
export type UserViewer = Extract<Caller, { kind: 'user' }>;

/** @throws UNAUTHENTICATED, as a GraphQL error: nobody, or no person, is signed in. */
export function requireUser(viewer: Viewer): UserViewer {
  if (viewer.kind !== 'user') throw unauthenticated();
  return viewer;
}

/** Whether the viewer holds a scope; anonymous viewers hold none. */
export const hasScope = (viewer: Viewer, scope: string): boolean => viewer.kind !== 'anonymous' && viewer.scopes.includes(scope);

/** @throws UNAUTHENTICATED or FORBIDDEN, as a GraphQL error: the viewer does not hold the scope. */
export function requireScope(viewer: Viewer, scope: string): void {
  if (viewer.kind === 'anonymous') throw unauthenticated();
  if (!hasScope(viewer, scope)) throw forbidden();
}
