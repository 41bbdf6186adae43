/** Three parts as one buffer. @param after ASCII only. */
export function joined(before: string, payload: Buffer, after: string): Buffer {
  const head = Buffer.byteLength(before);
  const whole = Buffer.allocUnsafe(head + payload.length + after.length);
  whole.write(before, 0);
  payload.copy(whole, head);
  whole.write(after, head + payload.length, 'latin1');
  return whole;
}
