import { hasScope, type TroubleDesk, type Viewer } from '@tally/subgraph-kit';
import type { UseCases } from '../use-cases/index.ts';
import type { Onlooker } from '../use-cases/view-notifications.ts';
import type { Loaders } from './loaders.ts';

/** One request: on whose behalf, and what was loaded for them so far. */
export interface Context {
  readonly viewer: Viewer;
  readonly useCases: Pick<UseCases, 'viewNotifications' | 'markRead' | 'resend'>;
  readonly loaders: Loaders;
  readonly desk: TroubleDesk;
}

/** The scope that shows all notifications and sends what was given up once more. */
export const manageScope = 'notifications:manage';

/** The viewer, as far as it matters for what may be seen. */
export const onlookerOf = (viewer: Viewer): Onlooker => ({
  userId: viewer.kind === 'user' ? viewer.userId : null,
  seesAll: hasScope(viewer, manageScope),
});
