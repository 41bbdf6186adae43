const wholeText = 0x81;
const twoBytes = 126;
const eightBytes = 127;

/** Length of the header of an unmasked frame. */
const headerBytes = (payload: number): number => (payload < twoBytes ? 2 : payload <= 0xffff ? 4 : 10);

const prefixOf = (id: string): string => `{"id":${JSON.stringify(id)},"type":"next","payload":`;

/** What closes a `next` message. */
export const suffix = '}';

/**
 * The beginning of a `next` message as one text frame: header and all that stands before the payload, in a buffer with so much room after it.
 *
 * @see RFC 6455, 5.2
 */
export function beginFrame(id: string, payload: number, room: number): { readonly frame: Buffer; readonly at: number } {
  const prefix = prefixOf(id);
  const before = Buffer.byteLength(prefix);
  const length = before + payload + suffix.length;
  const header = headerBytes(length);
  const frame = Buffer.allocUnsafe(header + before + room);
  frame[0] = wholeText;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = twoBytes;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = eightBytes;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(prefix, header);
  return { frame, at: header + before };
}

/** A whole `next` message around a copy of its payload. */
export function nextFrame(id: string, payload: Buffer): Buffer {
  const { frame, at } = beginFrame(id, payload.length, payload.length + suffix.length);
  payload.copy(frame, at);
  frame.write(suffix, at + payload.length, 'latin1');
  return frame;
}
