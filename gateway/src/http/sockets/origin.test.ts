import { expect, test } from 'vitest';
import { mayOpenSocket } from './origin.ts';

const allowed = new Set(['https://shop.example']);

test.each([
  ['our own page', { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' }, true],
  ['our own page behind a proxy that ends TLS', { host: 'api.example', origin: 'https://api.example' }, true],
  ['our own page, the default port written out', { host: 'api.example:443', origin: 'https://api.example' }, true],
  ['a page that is allowed', { host: 'api.example', origin: 'https://shop.example' }, true],
  ['a client that is no browser', { host: 'api.example' }, true],
  ['another page', { host: 'api.example', origin: 'https://evil.example' }, false],
  ['another port', { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4001' }, false],
  ['an allowed page over plain HTTP', { host: 'api.example', origin: 'http://shop.example' }, false],
  ['a host that only begins like ours', { host: 'api.example', origin: 'https://api.example.evil.example' }, false],
  ['a sandboxed frame', { host: 'api.example', origin: 'null' }, false],
  ['an empty origin', { host: 'api.example', origin: '' }, false],
  ['no host', { origin: 'https://api.example' }, false],
  ['a browser that does not say which page', { host: 'api.example', 'sec-fetch-mode': 'websocket' }, false],
])('A21 %s', (_, headers, may) => {
  expect(mayOpenSocket(headers, allowed)).toBe(may);
});
