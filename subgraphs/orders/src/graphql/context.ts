import type { Viewer } from '@tally/subgraph-kit';
import type { Actor } from '../domain/actor.ts';
import type { UseCases } from '../use-cases/index.ts';
import type { Loaders } from './loaders.ts';

/** One request: on whose behalf, and what was loaded for them so far. */
export interface Context {
  readonly viewer: Viewer;
  readonly actor: Actor;
  readonly loaders: Loaders;
  readonly useCases: UseCases;
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
