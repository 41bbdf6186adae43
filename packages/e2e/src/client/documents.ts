import { readFileSync } from 'node:fs';
import type { StreamName } from '../streams/answers.ts';
import type { OperationName } from './answers.ts';

const folder = new URL('../../../../operations/', import.meta.url);
const read = new Map<string, string>();

/**
 * The text of a document of operations/, by its name.
 *
 * @throws {Error} there is no such file.
 */
export function documentOf(operation: OperationName | StreamName): string {
  const known = read.get(operation);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`${operation}.graphql`, folder), 'utf8');
  read.set(operation, text);
  return text;
}
