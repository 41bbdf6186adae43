import { parseLogLine, toJsonLine } from './log-line.ts';

/** Says which process said what. */
export type Printer = (name: string, line: string) => void;

export interface PrinterOptions {
  /** Everybody who may speak: their names are aligned. */
  readonly names: readonly string[];
  /** `json`: each line stays as it is, with the process named in it. */
  readonly style: 'json' | 'plain' | 'coloured';
  readonly write: (text: string) => void;
}

// Those of 16 colours that can be read on light and dark, without red, which is for errors.
const nameColours: readonly number[] = [36, 32, 35, 34, 33, 96, 92, 95, 94];
const levelColours: Readonly<Record<string, number>> = { warn: 33, error: 31, fatal: 31 };
const faint = 2;

/** Prints lines of several processes so that people can tell them apart. */
export function createPrinter({ names, style, write }: PrinterOptions): Printer {
  if (style === 'json') return (name, line) => write(`${toJsonLine(name, line)}\n`);
  const width = Math.max(...names.map(({ length }) => length));
  const paint = (colour: number | undefined, text: string): string =>
    style === 'plain' || colour === undefined ? text : `\u001b[${String(colour)}m${text}\u001b[0m`;
  const colours = new Map(names.map((name, index) => [name, nameColours[index % nameColours.length]]));
  return (name, line) => {
    const said = parseLogLine(line);
    const before = `${paint(colours.get(name), name.padEnd(width))} ${paint(faint, '|')}`;
    if (said.kind === 'words') return write(`${before} ${said.text}\n`);
    const { time, level, message, fields } = said;
    const facts = fields.map(([key, value]) => ` ${paint(faint, `${key}=`)}${value}`).join('');
    write(`${before} ${paint(faint, time)} ${paint(levelColours[level], level.padEnd(5))} ${message}${facts}\n`);
  };
}
