const nextType = Buffer.from('"type":"next"');
const sequenceKey = Buffer.from('"sequence":');
const idKey = Buffer.from('"id":"');
/** Servers write id and type first; a payload never gets so far. */
const headBytes = 64;

/** `next`, without parsing a message that has a payload. */
export const isNext = (message: Buffer): boolean => {
  const at = message.indexOf(nextType);
  return at >= 0 && at < headBytes;
};

/** The first number called `sequence`; 0 without one. */
export function sequenceIn(message: Buffer): number {
  const at = message.indexOf(sequenceKey);
  if (at < 0) return 0;
  let sequence = 0;
  for (let digit = at + sequenceKey.length; ; digit++) {
    const code = message[digit] ?? 0;
    if (code < 48 || code > 57) return sequence;
    sequence = sequence * 10 + code - 48;
  }
}

/** The id of the operation that a message is about, where it stands in front. */
export function idIn(message: Buffer): string {
  const at = message.indexOf(idKey);
  if (at < 0 || at > headBytes) return '';
  return message.toString('latin1', at + idKey.length, message.indexOf(34, at + idKey.length));
}

/** What is not `next` is small and rare. */
export const parseMessage = (message: Buffer): { readonly type: string; readonly id?: string; readonly payload?: unknown } =>
  JSON.parse(message.toString()) as { readonly type: string };
