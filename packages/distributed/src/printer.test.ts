import { expect, test } from 'vitest';
import { createPrinter, type PrinterOptions } from './printer.ts';

const failed = '{"level":"error","time":"2026-01-02T03:04:05.678Z","msg":"gone","key":"k"}';

function printed(style: PrinterOptions['style'], ...lines: readonly (readonly [string, string])[]): string {
  let text = '';
  const print = createPrinter({ names: ['supervisor', 'orders'], style, write: (piece) => (text += piece) });
  for (const [name, line] of lines) print(name, line);
  return text;
}

test('names are aligned', () => {
  expect(printed('plain', ['supervisor', 'PostgreSQL'], ['orders', failed])).toBe(
    'supervisor | PostgreSQL\norders     | 03:04:05.678 error gone key=k\n',
  );
});

test('in a terminal each name has a colour, and errors are red', () => {
  const text = printed('coloured', ['orders', failed]);
  expect(text).toContain('\u001b[32morders    \u001b[0m');
  expect(text).toContain('\u001b[31merror\u001b[0m');
});

test('for programs each line is JSON', () => {
  expect(printed('json', ['orders', failed])).toBe(`{"process":"orders",${failed.slice(1)}\n`);
});
