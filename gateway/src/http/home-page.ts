import type { FastifyInstance } from 'fastify';
import { homeStyles } from './home-styles.ts';
import { tallyMarks } from './tally-marks.ts';

/** An account to try things with, shown on the home page. Never in production. */
export interface DemoAccount {
  readonly role: string;
  readonly login: string;
  readonly password: string;
}

export interface HomeLink {
  readonly label: string;
  readonly href: string;
}

/** What the home page says; names come from configuration. */
export interface Landing {
  readonly title: string;
  readonly version: string;
  readonly links: readonly HomeLink[];
  readonly demoAccounts: readonly DemoAccount[];
}

/** State of a part, as last seen. */
export type PartState = 'ok' | 'degraded' | 'down';

const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The one page at `/`: what this is, what is up, where to go. No script, nothing from elsewhere. */
export function addHomePage(app: FastifyInstance, landing: Landing, parts: () => Readonly<Record<string, PartState>>): void {
  app.get('/', (_, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(renderHome(landing, parts())),
  );
}

export function renderHome({ title, version, links, demoAccounts }: Landing, parts: Readonly<Record<string, PartState>>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<link rel="icon" href='${icon}'>
<style>${homeStyles}</style>
</head>
<body>
<main>
<header>
${tallyMarks(Object.values(parts))}
<h1>${text(title)}</h1>
<p class="version">${text(version)}</p>
${stateOf(parts)}
</header>
<div>
${section('Open', doors(links))}
${section('Parts', list(parts))}
${demoAccounts.length === 0 ? '' : section('Accounts to try', accounts(demoAccounts))}
</div>
</main>
</body>
</html>
`;
}

const section = (heading: string, body: string): string => `<section><h2>${heading}</h2>${body}</section>`;

function stateOf(parts: Readonly<Record<string, PartState>>): string {
  const entries = Object.entries(parts);
  const failing = entries.filter(([, state]) => state !== 'ok');
  if (failing.length === 0) return '<p class="state">Everything is up.</p>';
  const worst = failing.some(([, state]) => state === 'down') ? 'down' : 'degraded';
  const up = `${String(entries.length - failing.length)} of ${String(entries.length)} are up`;
  return `<p class="state ${worst}">${up}; ${failing.map(([name, state]) => `${text(name)} is ${state}`).join(', ')}.</p>`;
}

const doors = (links: readonly HomeLink[]): string =>
  `<ul class="doors">${links
    .map(({ label, href }) => `<li><a href="${text(href)}"><b>${text(label)}</b><code>${text(href)}</code></a></li>`)
    .join('')}</ul>`;

const list = (parts: Readonly<Record<string, PartState>>): string =>
  `<ul class="parts">${Object.entries(parts)
    .map(([name, state]) => `<li>${text(name)}<span class="${state}">${state}</span></li>`)
    .join('')}</ul>`;

/** A password that all share is said once. */
function accounts(rows: readonly DemoAccount[]): string {
  const [first] = rows;
  const shared = rows.every(({ password }) => password === first?.password);
  const cells = rows.map(
    ({ role, login, password }) =>
      `<tr><td class="role">${text(role)}</td><td><code>${text(login)}</code></td>${shared ? '' : `<td><code>${text(password)}</code></td>`}</tr>`,
  );
  const note = shared ? `<p class="note">Password of each: <code>${text(first?.password ?? '')}</code></p>` : '';
  return `<table><tbody>${cells.join('')}</tbody></table>${note}`;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const text = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#1d8a6e" stroke-width="3" stroke-linecap="round"><path d="M7 5v22M13 5v22M19 5v22M25 5v22M3 22 29 10"/></svg>',
)}`;
