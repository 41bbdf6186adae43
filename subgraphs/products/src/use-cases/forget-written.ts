import type { Transact } from '../ports/unit-of-work.ts';
import type { HotCatalogue } from './hot-catalogue.ts';

/**
 * Units of work after which the products they wrote are forgotten, before their caller goes on: the answer of a mutation and every later read of this
 * process see it. Also when the unit fails, for a commit whose answer was lost may have happened. What is created was never known.
 */
export const forgetWritten =
  (transact: Transact, hot: Pick<HotCatalogue, 'forget'>): Transact =>
  async (work) => {
    const written = new Set<string>();
    try {
      return await transact((unit) => {
        const { catalogue } = unit;
        const replace: typeof catalogue.replace = (product) => {
          for (const { id } of [product, ...product.variants]) written.add(id);
          return catalogue.replace(product);
        };
        return work({ ...unit, catalogue: { ...catalogue, replace } });
      });
    } finally {
      if (written.size > 0) await hot.forget([...written]);
    }
  };
