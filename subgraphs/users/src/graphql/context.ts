import { hasScope, type TroubleDesk, type Viewer } from '@tally/subgraph-kit';
import type { UseCases } from '../use-cases/index.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What a resolver may use. */
export interface Context {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly desk: TroubleDesk;
  /** Of what this viewer may see. */
  readonly loaders: Loaders;
}

/** The context of one request. */
export function createContext(viewer: Viewer, useCases: UseCases, desk: TroubleDesk): Context {
  const view = useCases.viewAccounts({
    userId: viewer.kind === 'user' ? viewer.userId : null,
    seesAll: hasScope(viewer, 'users:read:any'),
  });
  return { viewer, useCases, desk, loaders: createLoaders(view) };
}
