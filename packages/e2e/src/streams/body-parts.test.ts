import { expect, test } from 'vitest';
import { boundaryOf, readBodyParts } from './body-parts.ts';

function readIn(pieces: readonly string[]) {
  const bodies: string[] = [];
  const parts = readBodyParts('-', (body) => bodies.push(body));
  for (const piece of pieces) parts.push(piece);
  return { bodies, closed: parts.closed };
}

const head = '\r\ncontent-type: application/json\r\n\r\n';
const body = `---${head}{}\r\n---${head}{"payload":{"data":{"text":"-- \\r\\n--"}}}\r\n---${head}{"payload":null}\r\n-----\r\n`;

test('parts are read the same, wherever the text was cut and whether it begins with a line end', () => {
  const whole = readIn([body]);

  expect(whole).toEqual({ bodies: ['{}', '{"payload":{"data":{"text":"-- \\r\\n--"}}}', '{"payload":null}'], closed: true });
  for (let at = 1; at < body.length; at += 1) expect(readIn([body.slice(0, at), body.slice(at)]), `cut at ${String(at)}`).toEqual(whole);
  expect(readIn(Array.from(`\r\n${body}`))).toEqual(whole);
});

test('a part is there when the next delimiter has come, and the end when its two hyphens have', () => {
  expect(readIn([`---${head}{}`]).bodies).toEqual([]);
  expect(readIn([`---${head}{}\r\n---`])).toEqual({ bodies: ['{}'], closed: false });
  expect(readIn([`---${head}{}\r\n-----`])).toEqual({ bodies: ['{}'], closed: true });
});

test('a content type names the boundary, or it is one hyphen', () => {
  expect(boundaryOf('multipart/mixed;boundary="graphql";subscriptionSpec=1.0')).toBe('graphql');
  expect(boundaryOf('multipart/mixed; boundary=-; subscriptionSpec="1.0"')).toBe('-');
  expect(boundaryOf('multipart/mixed;subscriptionSpec="1.0"')).toBe('-');
});
