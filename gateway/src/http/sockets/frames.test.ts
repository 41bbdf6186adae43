import { expect, test } from 'vitest';
import { beginFrame, nextFrame, suffix } from './frames.ts';

/** The text of one unmasked frame. @throws when it is not exactly that. */
function read(frame: Buffer): string {
  expect(frame[0]).toBe(0x81);
  const short = frame[1] ?? 0;
  const [length, from] = short < 126 ? [short, 2] : short === 126 ? [frame.readUInt16BE(2), 4] : [Number(frame.readBigUInt64BE(2)), 10];
  expect(frame.length).toBe(from + length);
  return frame.toString('utf8', from);
}

test.each([0, 1, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 65_480, 65_490, 65_500, 65_510, 100_000])(
  'a frame around %i bytes is one text message, copied or in parts',
  (length) => {
    const payload = Buffer.from(''.padEnd(length, 'x'));

    const copied = nextFrame('a ☕ "1"', payload);
    const parts = Buffer.concat([beginFrame('a ☕ "1"', payload.length, 0).frame, payload, Buffer.from(suffix)]);

    expect(read(copied)).toBe(`{"id":"a ☕ \\"1\\"","type":"next","payload":${payload.toString()}}`);
    expect(parts.equals(copied)).toBe(true);
  },
);
