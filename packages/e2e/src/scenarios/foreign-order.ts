import { strict as assert } from 'node:assert';
import { newShardedId, shardCount } from '@tally/kernel';
import type { Answer } from '../client/graph.ts';
import type { Scenario } from './scenario.ts';

export const foreignOrder: Scenario = {
  title: 'an order of somebody else looks like one that does not exist',
  async run({ staff, anna, bert }) {
    const [owner, stranger] = await Promise.all([anna(), bert()]);
    const { variants } = await (await staff()).createProduct({ stock: [1] });
    const { id } = await owner.order({ lines: [{ variantId: variants[0]?.id ?? '', quantity: 1 }] });

    const foreign = await stranger.lookUp(id);
    const missing = await stranger.lookUp(newShardedId('ord', shardCount - 1));

    assert.equal(foreign.data?.order, null);
    assert.deepEqual(
      foreign.errors.map(({ extensions }) => extensions?.code),
      ['NOT_FOUND'],
    );
    assert.deepEqual(withoutTrace(foreign), withoutTrace(missing), 'the two answers differ');
    assert.equal((await owner.lookUp(id)).data?.order?.id, id, 'its buyer does not see it');
  },
};

const withoutTrace = ({ status, data, errors }: Answer<unknown>): unknown => ({
  status,
  data,
  errors: errors.map(({ message, path, extensions }) => ({ message, path, code: extensions?.code })),
});
