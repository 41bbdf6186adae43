import { describe, expect, test } from 'vitest';
import { startScriptedGateway, type Asked, type Told } from '../../test/scripted-gateway.ts';
import { createRandom } from '@tally/kernel';
import { follow } from './follow.ts';
import { openStreams } from './open-streams.ts';
import { protocols } from './stream-client.ts';

const last = 6;

/** Tells the steps after the one that was asked for, which is what a gateway should do. */
function tellRest({ variables, lastEventId }: Asked, told: Told, steps: readonly number[]): void {
  const after = Number(lastEventId ?? variables['afterSequence']);
  for (const sequence of steps.filter((step) => step > after)) told.next({ data: { orderStatusChanged: { sequence } } }, String(sequence));
}

const steps = Array.from({ length: last }, (_, index) => index + 1);

describe.each(protocols)('over %s', (protocol) => {
  async function followed(script: (asked: Asked, told: Told) => void) {
    await using gateway = await startScriptedGateway(script);
    await using client = openStreams(protocol, { url: gateway.url });
    const over = (seen: readonly unknown[]): boolean => seen.length >= last;
    return await follow(client, { operation: 'TrackOrder', variables: {}, random: createRandom(7), reconnects: 5, over });
  }

  test('a follower comes back as often as it was told, and has every step once', async () => {
    const {
      steps: seen,
      reconnects,
      sentAway,
    } = await followed((asked, told) => {
      tellRest(asked, told, steps);
    });

    expect(seen.map(({ sequence }) => sequence)).toEqual(steps);
    expect([reconnects, sentAway]).toEqual([5, 0]);
  });

  test('a follower notices a step that is missing', async () => {
    const following = followed((asked, told) => {
      tellRest(
        asked,
        told,
        steps.filter((step) => step !== 3),
      );
    });

    await expect(following).rejects.toThrow(/after 1, 2: \{"sequence":4.* does not follow/);
  });

  test('a follower notices a step that is told again on coming back', async () => {
    const following = followed((asked, told) => {
      tellRest({ ...asked, lastEventId: '0' }, told, steps);
    });

    await expect(following).rejects.toThrow(/\{"sequence":1\} does not follow/);
  });

  test('a follower notices a step of which a part is missing', async () => {
    const following = followed((_, told) => {
      told.next({ data: { orderStatusChanged: { sequence: 1, order: null } }, errors: [{ message: 'no' }] }, '1');
    });

    await expect(following).rejects.toThrow(/is not all of it/);
  });

  test('a follower does not come back to what was refused', async () => {
    const following = followed((_, told) => {
      told.fail([{ message: 'no', extensions: { code: 'NOT_FOUND' } }]);
    });

    await expect(following).rejects.toThrow(/failed .*NOT_FOUND/);
  });
});
