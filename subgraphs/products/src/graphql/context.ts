import type { TroubleDesk, Viewer } from '@tally/subgraph-kit';
import type { UseCases } from '../use-cases/index.ts';
import type { CatalogueView } from '../use-cases/view-catalogue.ts';
import type { Loaders } from './loaders.ts';

/** One request: on whose behalf, what they may see of the catalogue, and what was loaded for them so far. */
export interface Context {
  readonly viewer: Viewer;
  readonly catalogue: CatalogueView;
  readonly loaders: Loaders;
  readonly useCases: UseCases;
  readonly desk: TroubleDesk;
}
