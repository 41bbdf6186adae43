import { createLogger, type Logger } from '@tally/runtime';

/** A logger that keeps its lines. */
export function aListeningLogger(): { readonly logger: Logger; readonly lines: readonly Readonly<Record<string, unknown>>[] } {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
  return { logger: createLogger({ service: 'test', level: 'debug', write }), lines };
}
