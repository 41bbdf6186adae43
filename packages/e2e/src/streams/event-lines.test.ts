import { expect, test } from 'vitest';
import { readEventLines, type ServerSentEvent } from './event-lines.ts';

function readIn(pieces: readonly string[]) {
  const [events, comments]: [ServerSentEvent[], string[]] = [[], []];
  const push = readEventLines(
    (event) => events.push(event),
    () => comments.push(':'),
  );
  for (const piece of pieces) push(piece);
  return { events, comments: comments.length };
}

const body = ': hello\n\nevent: next\nid: 7\ndata: {"a":\r\ndata:1}\r\n\r\nevent: complete\rdata\r\r:\n';

test('events are read the same, wherever the text was cut', () => {
  const whole = readIn([body]);

  expect(whole).toEqual({
    events: [
      { event: 'next', data: '{"a":\n1}', id: '7' },
      { event: 'complete', data: '', id: '7' },
    ],
    comments: 2,
  });
  for (let at = 1; at < body.length; at += 1) expect(readIn([body.slice(0, at), body.slice(at)]), `cut at ${String(at)}`).toEqual(whole);
  expect(readIn(Array.from(body))).toEqual(whole);
});

test('an event without its blank line has not happened', () => {
  expect(readIn(['event: next\ndata: {}\n']).events).toEqual([]);
});
