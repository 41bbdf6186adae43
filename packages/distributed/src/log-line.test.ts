import { expect, test } from 'vitest';
import { parseLogLine, toJsonLine, toText } from './log-line.ts';

const event = (fields: object) =>
  JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', service: 'orders', msg: 'order placed', ...fields });

/** Fields as they are shown. */
const shown = (fields: object) => {
  const line = parseLogLine(event(fields));
  return line.kind === 'event' ? line.fields.map((field) => field.join('=')) : line;
};

test('an event is told by time of day, level, message and what else it says', () => {
  expect(parseLogLine(event({ orderId: 'ord_1' }))).toEqual({
    kind: 'event',
    time: '03:04:05.678',
    level: 'info',
    message: 'order placed',
    fields: [['orderId', 'ord_1']],
  });
});

test('the trace is shown where something is wrong', () => {
  expect(shown({ trace_id: 'abc', span_id: 'def' })).toEqual([]);
  expect(shown({ level: 'warn', trace_id: 'abc', span_id: 'def' })).toEqual(['trace_id=abc']);
});

test('values are short: an error is its message and code, text with blanks is quoted, the rest is JSON', () => {
  expect(shown({ err: { type: 'Error', message: 'no route', code: 'ENOENT', stack: 'at …' } })).toEqual(['err="no route (ENOENT)"']);
  expect(shown({ err: { message: 'no route' }, reason: 'too late', topics: ['a', 'b'], count: 3, none: null })).toEqual([
    'err="no route"',
    'reason="too late"',
    'topics=["a","b"]',
    'count=3',
    'none=null',
  ]);
  expect(shown({ long: 'x'.repeat(300) })).toEqual([`long=${'x'.repeat(200)}…`]);
});

test.each(['Warning: something', '{"not": "an event"}', '{ broken', ''])('what is no event is words: %s', (text) => {
  expect(parseLogLine(text)).toEqual({ kind: 'words', text });
});

test('what was logged cannot move the cursor', () => {
  expect(parseLogLine('\u001b[2Jgone')).toEqual({ kind: 'words', text: ' [2Jgone' });
  expect(parseLogLine(event({ msg: 'a\u001b[31m\nb', name: '\u009b2J' }))).toMatchObject({
    message: 'a [31m b',
    fields: [['name', ' 2J']],
  });
});

test('among other words a line is short', () => {
  expect(toText(event({ orderId: 'ord_1' }))).toBe('03:04:05.678 info order placed orderId=ord_1');
  expect(toText('out of memory')).toBe('out of memory');
});

test('as JSON a line keeps what it says, and the process is named', () => {
  expect(toJsonLine('orders-worker', event({}))).toBe(`{"process":"orders-worker",${event({}).slice(1)}`);
  expect(JSON.parse(toJsonLine('orders', 'words "in quotes"'))).toEqual({ process: 'orders', msg: 'words "in quotes"' });
});
