import { StartupError } from '@tally/runtime';
import type { FastifyInstance } from 'fastify';
import type { Page } from '../config.ts';
import { addFolder } from './folder.ts';

const contentSecurityPolicy = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * A built page, served at `<path>/`.
 *
 * @throws {StartupError} the folder is not there.
 */
export async function addPage(app: FastifyInstance, { path, folder }: Page): Promise<void> {
  try {
    await addFolder(app, {
      path,
      folder,
      headersOf: (name) => ({
        'content-security-policy': contentSecurityPolicy,
        'referrer-policy': 'no-referrer',
        // A page names its files; they may be kept for as long as it may not.
        'cache-control': name.endsWith('.html') ? 'no-cache' : 'public, max-age=3600',
      }),
    });
  } catch (cause) {
    throw new StartupError(`the page at ${path} has no files in ${folder}: build it first`, { cause });
  }
}
