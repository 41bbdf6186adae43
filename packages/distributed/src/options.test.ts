import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

test('without flags each app is one process', () => {
  expect(parseOptions([])).toEqual({ ok: true, options: { layout: { gateways: 1, split: false, workers: 1 }, json: false } });
});

test('flags say how many of each', () => {
  expect(parseOptions(['--gateways', '2', '--split', '--workers=3', '--json'])).toEqual({
    ok: true,
    options: { layout: { gateways: 2, split: true, workers: 3 }, json: true },
  });
});

test.each([
  [['--gateways', '0'], '--gateways takes 1 to 9'],
  [['--workers', 'many'], '--workers takes 1 to 8'],
  [['--workers', '1.0'], '--workers takes 1 to 8'],
  [['--speed'], "Unknown option '--speed'"],
  [['--gateways'], "Option '--gateways <value>' argument missing"],
  [['--split=yes'], "Option '--split' does not take an argument"],
  [['orders'], "Unexpected argument 'orders'"],
])('%j is refused in one sentence', (args, problem) => {
  const parsed = parseOptions(args);
  expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(problem) as string });
  expect(parsed.ok ? '' : parsed.problem).not.toContain('\n');
});
