import { expect, test } from 'vitest';
import type { Crowd } from '../crowd/crowd.ts';
import type { Heard } from '../crowd/gathering.ts';
import { monotonicMs } from '../monotonic.ts';
import { createPast } from '../past.ts';
import type { Side } from '../stage.ts';
import type { Happening, System } from '../systems/system.ts';
import { overall, playSteady } from './steady.ts';

const keys = ['a', 'b'];

/** A server and its clients in one place: what happens is heard at once, as far as `arrives` lets it through. */
function aSide(arrives: (happening: Happening, position: number) => readonly Happening[]): Side {
  const heard: { member: number; sequence: number; atMs: number }[] = [];
  const result = Promise.withResolvers<Heard>();
  let [happened, expected] = [0, 0];
  const crowd: Pick<Crowd, 'listen'> = {
    listen(events) {
      expected = events;
      return Promise.resolve({ heard: result.promise });
    },
  };
  const system: Pick<System, 'publish'> = {
    publish(happenings) {
      for (const happening of happenings) {
        for (const { key, sequence } of arrives(happening, happened++))
          heard.push({ member: keys.indexOf(key), sequence, atMs: monotonicMs() });
      }
      if (happened === expected) {
        result.resolve({
          member: Int32Array.from(heard, ({ member }) => member),
          sequence: Int32Array.from(heard, ({ sequence }) => sequence),
          atMs: Float64Array.from(heard, ({ atMs }) => atMs),
        });
      }
      return Promise.resolve({ sentAtMs: 0, committedAtMs: 0 });
    },
  };
  return { system: system as System, crowd: crowd as Crowd, past: createPast(), cpuMs: () => Promise.resolve(0) };
}

test('what arrives once and in order is neither lost nor out of order', async () => {
  const steady = await playSteady(
    aSide((happening) => [happening]),
    keys,
    1_000,
    0.1,
  );
  expect(steady).toMatchObject({ lost: 0, disordered: 0 });
  expect(steady.max).toBeLessThan(100);
});

test('an event that does not arrive is lost', async () => {
  const steady = await playSteady(
    aSide((happening, position) => (position === 98 || position === 99 ? [] : [happening])),
    keys,
    1_000,
    0.1,
  );
  expect(steady).toMatchObject({ lost: 2, disordered: 0 });
});

test('an event that arrives after a later one is out of order', async () => {
  let kept: Happening | null = null;
  const swapped = (happening: Happening): readonly Happening[] => {
    if (happening.key === 'a' && happening.sequence === 4) {
      kept = happening;
      return [];
    }
    return kept !== null && happening.key === 'a' && happening.sequence === 5 ? [happening, kept] : [happening];
  };
  expect((await playSteady(aSide(swapped), keys, 1_000, 0.1)).disordered).toBeGreaterThan(0);
});

test('what is wrong in one round is wrong in all of them together', async () => {
  const right = await playSteady(
    aSide((happening) => [happening]),
    keys,
    1_000,
    0.1,
  );
  expect(overall([right, { ...right, lost: 1 }, right])).toMatchObject({ lost: 1, disordered: 0 });
});
