import { strict as assert } from 'node:assert';
import type { Scenario } from './scenario.ts';

export const soldOut: Scenario = {
  title: 'a sold-out order is rejected, names every short line and takes nothing',
  async run({ staff, bert, stockOf, witnessed }) {
    const shopper = await bert();
    const { variants } = await (await staff()).createProduct({ stock: [1, 0, 9] });
    const [one, none, plenty] = variants.map(({ id }) => id);
    assert.ok(one !== undefined && none !== undefined && plenty !== undefined);

    const lines = [
      { variantId: one, quantity: 2 },
      { variantId: none, quantity: 3 },
      { variantId: plenty, quantity: 4 },
    ];
    const placed = await shopper.order({ lines, wait: 'SETTLED' });
    const { problems } = await shopper.until(placed.id, 'REJECTED');

    const short = problems.map(({ code, variant, requested, available }) => ({ code, variant: variant?.id, requested, available }));
    assert.equal(short.length, 2, `not every short line is named: ${JSON.stringify(problems)}`);
    for (const line of [
      { code: 'INSUFFICIENT_STOCK', variant: one, requested: 2, available: 1 },
      { code: 'INSUFFICIENT_STOCK', variant: none, requested: 3, available: 0 },
    ]) {
      assert.ok(
        short.some((named) => JSON.stringify(named) === JSON.stringify(line)),
        `${JSON.stringify(line)} is not among ${JSON.stringify(short)}`,
      );
    }
    assert.deepEqual(
      (await stockOf([one, none, plenty])).map(({ inventory }) => inventory.available),
      [1, 0, 9],
    );
    assert.deepEqual((await witnessed(placed.id)).entries, []);
  },
};
