import type { Logger } from '../src/index.ts';

const nothing = (): void => undefined;

/** A logger for tests that look elsewhere. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A logger that keeps its lines. */
export function aListeningLogger(): {
  readonly logger: Logger;
  readonly lines: readonly { readonly level: string; readonly fields: object; readonly message: string }[];
} {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}
