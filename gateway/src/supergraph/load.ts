import { readFile } from 'node:fs/promises';
import { StartupError } from '@tally/runtime';
import { buildGeneration, type Generation } from './generation.ts';

/** A composed supergraph: a file, or its text. */
export type SupergraphSource = { readonly path: string } | { readonly sdl: string };

/**
 * Reads and builds the first generation.
 *
 * @throws {StartupError} the file cannot be read, or holds no supergraph this gateway can enforce.
 */
export async function loadSupergraph(source: SupergraphSource): Promise<Generation> {
  const sdl = 'sdl' in source ? source.sdl : await textOf(source.path);
  try {
    return buildGeneration(sdl);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause);
    throw new StartupError(`the supergraph cannot be loaded: ${reason}. Compose it again.`, { cause });
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new StartupError(`SUPERGRAPH_PATH: ${path} cannot be read. Compose the supergraph first, or correct the path.`, { cause });
  }
}
