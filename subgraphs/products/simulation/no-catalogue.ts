import type { CatalogueStore } from '../src/ports/catalogue-store.ts';

const refuses = (): Promise<never> => Promise.reject(new Error('the catalogue has no adapter in memory: only stock is simulated'));

/** Stands where units of work have the catalogue; no use case that is simulated asks it. */
export const noCatalogue: CatalogueStore = {
  category: refuses,
  takenSkus: refuses,
  create: refuses,
  lock: refuses,
  lockOfVariant: refuses,
  replace: refuses,
};
