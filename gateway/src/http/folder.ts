import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** A folder of files served as they are. */
export interface Folder {
  /** Begins with a slash and does not end with one. */
  readonly path: string;
  readonly folder: string;
  /** Answers `<path>/`; absent: the folder's `index.html`. */
  readonly index?: (reply: FastifyReply) => FastifyReply;
  /** Headers of one file. */
  readonly headersOf: (name: string) => Readonly<Record<string, string>>;
}

/**
 * Serves the files that are there now, by exact name: what is put there later is not served, and no name leads out of the folder.
 *
 * @throws the folder cannot be read.
 */
export async function addFolder(app: FastifyInstance, { path, folder, index, headersOf }: Folder): Promise<void> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(relative(folder, file).split(sep).join('/'), file);
  }

  function send(reply: FastifyReply, name: string): FastifyReply {
    const file = files.get(name);
    if (file === undefined) {
      reply.callNotFound();
      return reply;
    }
    return reply
      .type(types[extname(name)] ?? 'application/octet-stream')
      .headers(headersOf(name))
      .send(createReadStream(file));
  }

  app.get(path, (_, reply) => reply.redirect(`${path}/`));
  app.get(`${path}/`, (_, reply) => index?.(reply) ?? send(reply, 'index.html'));
  app.get<{ Params: { '*': string } }>(`${path}/*`, (request, reply) => send(reply, request.params['*']));
}
