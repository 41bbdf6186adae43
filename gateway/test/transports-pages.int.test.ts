import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type LightMyRequestResponse } from 'fastify';
import { expect, test } from 'vitest';
import { addExplorer } from '../src/http/explorer.ts';
import { addPage } from '../src/http/pages.ts';

interface PageWorld extends AsyncDisposable {
  readonly folder: string;
  get(path: string): Promise<LightMyRequestResponse>;
}

async function aPage(): Promise<PageWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'tally-page-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Page</title>');
  await writeFile(join(folder, 'assets', 'main-1a2b.js'), 'export {};');
  await writeFile(join(folder, 'assets', 'data.bin'), 'x');
  const app = fastify();
  await addPage(app, { path: '/page', folder });
  return {
    folder,
    get: (url) => app.inject({ method: 'GET', url }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
}

test('a page answers at its path with a slash, and leads there without', async () => {
  await using page = await aPage();

  const [index, bare] = await Promise.all([page.get('/page/'), page.get('/page')]);

  expect(index.statusCode).toBe(200);
  expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(index.headers['content-security-policy']).toMatch(
    /^default-src 'self'; connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline';/,
  );
  expect(index.headers['cache-control']).toBe('no-cache');
  expect(index.body).toContain('<title>Page</title>');
  expect([bare.statusCode, bare.headers.location]).toEqual([302, '/page/']);
});

test.each([
  ['/page/assets/main-1a2b.js', 'text/javascript; charset=utf-8'],
  ['/page/assets/data.bin', 'application/octet-stream'],
])('%s is served as %s', async (path, type) => {
  await using page = await aPage();

  const answer = await page.get(path);

  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe(type);
  expect(answer.headers['cache-control']).toBe('public, max-age=3600');
});

test.each([
  '/page/assets',
  '/page/assets/',
  '/page/missing.js',
  '/page/../package.json',
  '/page/..%2f..%2fetc%2fpasswd',
  '/page/%2e%2e/%2e%2e/etc/passwd',
  '/page//etc/passwd',
  '/page/assets/main-1a2b.js%00',
  '/page/__proto__',
  '/page/constructor',
])('%s is nothing', async (path) => {
  await using page = await aPage();

  expect((await page.get(path)).statusCode).toBe(404);
});

test('a file that came after the start is not served', async () => {
  await using page = await aPage();
  await writeFile(join(page.folder, 'late.html'), 'late');

  expect((await page.get('/page/late.html')).statusCode).toBe(404);
});

test('a folder that is not there is one line that says what to do', async () => {
  const app = fastify();

  await expect(addPage(app, { path: '/page', folder: '/nowhere/dist' })).rejects.toThrow(
    expect.objectContaining({ name: 'StartupError', message: 'the page at /page has no files in /nowhere/dist: build it first' }),
  );
  await app.close();
});

test('the explorer subscribes by graphql-transport-ws at the same path', async () => {
  const app = fastify();
  await addExplorer(app);

  const { body } = await app.inject({ method: 'GET', url: '/explorer/' });

  expect(body).toContain('subscriptionsEndpoint: `/graphql`');
  expect(body).toContain('initialSubscriptionRequestHandlerId: `graphql-ws`');
  await app.close();
});
