import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Skips `write` when neither its inputs nor its output went away or changed since it last finished.
 *
 * @param inputs whatever decides the output: file contents, versions, settings.
 * @param output a file the work leaves behind; beside it stands the stamp, `<output>.stamp`.
 * @returns whether anything was written.
 */
export async function onceFor(inputs: readonly string[], output: string, write: () => Promise<void>): Promise<boolean> {
  const hash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
  const stamp = `${output}.stamp`;
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;
  mkdirSync(dirname(output), { recursive: true });
  await write();
  writeFileSync(stamp, hash);
  return true;
}

/** The text of a file, or nothing where there is none. */
export function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
