import type { Viewer } from '@tally/subgraph-kit';
import type { UseCases } from '../use-cases/index.ts';
import type { Loaders } from './loaders.ts';

/** What a resolver may use. */
export interface Context {
  readonly viewer: Viewer;
  readonly useCases: UseCases;
  readonly loaders: Loaders;
}
