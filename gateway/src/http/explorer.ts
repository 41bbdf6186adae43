import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { getDistDirectory, isSandboxFrame, renderAltair, SANDBOX_FRAME_CSP } from 'altair-static';
import type { FastifyInstance } from 'fastify';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

export const explorerPath = '/explorer/';

/** Altair from our own files: works without internet. Only files that were there at start are served, by exact name. */
export async function addExplorer(app: FastifyInstance): Promise<void> {
  const folder = getDistDirectory();
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(relative(folder, file).split(sep).join('/'), file);
  }
  const page = renderAltair({
    baseURL: explorerPath,
    endpointURL: '/graphql',
    initialQuery: '{ __typename }\n',
    // Offers of its vendor, which need the internet and an account.
    disableAccount: true,
    initialSettings: { 'banners.disable': true },
  });

  app.get('/explorer', (_, reply) => reply.redirect(explorerPath));
  app.get(explorerPath, (_, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get<{ Params: { '*': string } }>(`${explorerPath}*`, (request, reply) => {
    const name = request.params['*'];
    const file = files.get(name);
    if (file === undefined) return reply.callNotFound();
    if (isSandboxFrame(name)) void reply.header('content-security-policy', SANDBOX_FRAME_CSP);
    return reply
      .type(types[extname(name)] ?? 'application/octet-stream')
      .header('cache-control', 'public, max-age=3600')
      .send(createReadStream(file));
  });
}
