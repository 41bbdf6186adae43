import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@tally/gateway';

/** The page of `examples/`, where it has been built. */
export const examplePages = (): readonly Page[] => {
  const folder = fileURLToPath(new URL('../../../examples/tracker/dist', import.meta.url));
  return existsSync(folder) ? [{ path: '/tracker', folder }] : [];
};
