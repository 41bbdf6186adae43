import { expect, test } from 'vitest';
import { renderHome, type Landing } from './home-page.ts';

const landing: Landing = {
  title: 'Library',
  version: '1.2.3',
  links: [{ label: 'Explorer', href: '/explorer/' }],
  demoAccounts: [
    { role: 'READER', login: 'ada@example.com', password: 'open sesame' },
    { role: 'STAFF', login: 'sue@example.com', password: 'open sesame' },
  ],
};

test('the home page says that everything is up, or names what is not', () => {
  expect(renderHome(landing, { gateway: 'ok', books: 'ok' })).toContain('Everything is up.');
  expect(renderHome(landing, { gateway: 'ok', books: 'down', authors: 'degraded' })).toContain(
    '1 of 3 are up; books is down, authors is degraded.',
  );
});

test('each part is a stroke of the tally', () => {
  const states = { a: 'ok', b: 'ok', c: 'ok', d: 'ok', e: 'down', f: 'ok' } as const;
  expect(renderHome(landing, states).match(/<path class="(ok|down)"/g)).toHaveLength(6);
});

test('a password that all accounts share is shown once, differing ones beside their account', () => {
  const page = renderHome(landing, {});
  expect(page.match(/open sesame/g)).toHaveLength(1);
  const differing = landing.demoAccounts.map((account, at) => ({ ...account, password: `secret ${String(at)}` }));
  expect(renderHome({ ...landing, demoAccounts: differing }, {})).toContain('secret 1');
});

test('names from outside are text, not markup', () => {
  const page = renderHome({ ...landing, title: '<script>alert(1)</script>' }, { '<b>': 'ok' });
  expect(page).not.toContain('<script>');
  expect(page).not.toContain('<b>ok');
  expect(page).not.toMatch(/<b><\/?span/);
});

test('nothing is loaded from elsewhere and nothing runs', () => {
  expect(renderHome(landing, { gateway: 'ok' })).not.toMatch(/<script|src=|url\(|@import|https?:\/\/(?!www\.w3\.org)/);
});
