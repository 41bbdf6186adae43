import type { TroubleDesk, Viewer } from '@tally/subgraph-kit';
import type { Actor } from '../domain/actor.ts';
import type { UseCases } from '../use-cases/index.ts';
import type { createRetrySaga } from '../use-cases/retry-saga.ts';
import type { createViewTrouble } from '../use-cases/view-trouble.ts';
import type { Loaders } from './loaders.ts';

/** What staff see of trouble and do about it. */
export interface Trouble {
  readonly desk: TroubleDesk;
  readonly viewTrouble: ReturnType<typeof createViewTrouble>;
  readonly retrySaga: ReturnType<typeof createRetrySaga>;
}

/** One request: on whose behalf, and what was loaded for them so far. */
export interface Context {
  readonly viewer: Viewer;
  readonly actor: Actor;
  readonly loaders: Loaders;
  readonly useCases: UseCases;
  readonly trouble: Trouble;
}

/** The gateway's caller in the words of the rules. */
export function toActor(viewer: Viewer): Actor {
  switch (viewer.kind) {
    case 'user':
      return { userId: viewer.userId, keyScope: viewer.userId, scopes: viewer.scopes };
    case 'service':
      return { userId: null, keyScope: viewer.serviceId, scopes: viewer.scopes };
    case 'anonymous':
      return { userId: null, keyScope: null, scopes: [] };
  }
}
