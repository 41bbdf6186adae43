import { expect, test } from 'vitest';
import { eachFrame, opcodes, toFrame } from './frames.ts';

const serverFrame = (text: string, opcode: number = opcodes.text): Buffer => {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = length < 126 ? Buffer.from([0x80 | opcode, length]) : Buffer.from([0x80 | opcode, 126, length >> 8, length & 0xff]);
  return Buffer.concat([head, payload]);
};

test('frames are the same wherever the network cuts them', () => {
  const texts = ['', 'short', 'ä'.repeat(400), 'last'];
  const all = Buffer.concat(texts.map((text) => serverFrame(text)));
  for (let cut = 0; cut <= all.length; cut++) {
    const seen: string[] = [];
    const note = (_: number, __: boolean, payload: Buffer): void => void seen.push(payload.toString());
    const rest = eachFrame(all.subarray(0, cut), note);
    expect(eachFrame(Buffer.concat([rest, all.subarray(cut)]), note)).toHaveLength(0);
    expect(seen).toEqual(texts);
  }
});

test('a fragment says that more follows', () => {
  const seen: boolean[] = [];
  eachFrame(Buffer.from([opcodes.text, 1, 97, 0x80, 1, 98]), (_, final) => void seen.push(final));
  expect(seen).toEqual([false, true]);
});

test('what a client sends is masked, and its mask changes nothing', () => {
  const frame = toFrame(opcodes.text, 'hello');
  expect([...frame.subarray(0, 6)]).toEqual([0x81, 0x85, 0, 0, 0, 0]);
  expect(frame.subarray(6).toString()).toBe('hello');
  expect(toFrame(opcodes.text, 'x'.repeat(300)).readUInt16BE(2)).toBe(300);
});
