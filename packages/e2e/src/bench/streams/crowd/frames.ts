/** Kinds of frames (RFC 6455 §5.2). */
export const opcodes = { continued: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

/** Called for each frame; the payload is only good until it returns. */
export type OnFrame = (opcode: number, final: boolean, payload: Buffer) => void;

const nothing = Buffer.alloc(0);

/** A client's frame. Its mask is zero, which costs neither side anything and is still a mask. */
export function toFrame(opcode: number, text: string): Buffer {
  const length = Buffer.byteLength(text);
  const short = length < 126;
  if (length > 65_535) throw new RangeError('a client of this bench sends no message over 64 KiB');
  const frame = Buffer.alloc((short ? 2 : 4) + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (short ? length : 126);
  if (!short) frame.writeUInt16BE(length, 2);
  frame.write(text, frame.length - length);
  return frame;
}

/**
 * Cuts what a server sends into frames.
 *
 * @param bytes what has come, after what was left over the last time.
 * @returns what is not a whole frame yet, as a copy.
 */
export function eachFrame(bytes: Buffer, onFrame: OnFrame): Buffer {
  let at = 0;
  for (;;) {
    const head = headAt(bytes, at);
    if (head === null || head.end > bytes.length) break;
    onFrame((bytes[at] ?? 0) & 0x0f, ((bytes[at] ?? 0) & 0x80) !== 0, bytes.subarray(head.start, head.end));
    at = head.end;
  }
  return at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
}

/** Where the payload of a frame begins and ends; `null`: not known yet. */
function headAt(bytes: Buffer, at: number): { readonly start: number; readonly end: number } | null {
  if (bytes.length < at + 2) return null;
  const length = (bytes[at + 1] ?? 0) & 0x7f;
  if (length < 126) return { start: at + 2, end: at + 2 + length };
  const start = at + (length === 126 ? 4 : 10);
  if (bytes.length < start) return null;
  return { start, end: start + (length === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))) };
}
