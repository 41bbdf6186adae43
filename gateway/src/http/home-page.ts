import type { FastifyInstance } from 'fastify';

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

const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The one page at `/`: what this is, what is up, where to go. */
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
<style>${styles}</style>
</head>
<body>
<main>
<header><h1>${text(title)}</h1><p class="version">${text(version)}</p></header>
<nav>${links.map(({ label, href }) => `<a href="${text(href)}">${text(label)}</a>`).join('')}</nav>
${section('What is up', list(parts))}
${demoAccounts.length === 0 ? '' : section('Accounts to try', accounts(demoAccounts))}
</main>
</body>
</html>
`;
}

const section = (heading: string, body: string): string => `<section><h2>${heading}</h2>${body}</section>`;

const list = (parts: Readonly<Record<string, PartState>>): string =>
  `<ul>${Object.entries(parts)
    .map(([name, state]) => `<li><span class="dot ${state}"></span>${text(name)}<em>${state}</em></li>`)
    .join('')}</ul>`;

const accounts = (rows: readonly DemoAccount[]): string =>
  `<div class="wide"><table><thead><tr><th>Role</th><th>Sign in as</th><th>Password</th></tr></thead><tbody>${rows
    .map(
      ({ role, login, password }) =>
        `<tr><td>${text(role)}</td><td><code>${text(login)}</code></td><td><code>${text(password)}</code></td></tr>`,
    )
    .join('')}</tbody></table></div>`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const text = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

const styles = `
:root{--page:#f5f6f4;--card:#fff;--ink:#1b2320;--soft:#5e6b66;--line:#dfe4e1;--accent:#0b6b57;--ok:#1d8a5b;--warn:#b97309;--bad:#c0392b}
@media (prefers-color-scheme:dark){:root{--page:#111614;--card:#1a211e;--ink:#e8eeeb;--soft:#93a39c;--line:#2b3531;--accent:#5fd3b3;--ok:#4cc38a;--warn:#e2a33b;--bad:#f0705f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:44rem;margin:0 auto;padding:clamp(1.5rem,6vw,4.5rem) 1.25rem}
header{display:flex;align-items:baseline;gap:.75rem;margin-bottom:1.5rem}
h1{font-size:clamp(2rem,6vw,2.75rem);letter-spacing:-.03em;line-height:1.1;margin:0}
.version{margin:0;color:var(--soft);font-variant-numeric:tabular-nums}
nav{display:flex;flex-wrap:wrap;gap:.5rem;margin-bottom:2rem}
nav a{padding:.45rem .9rem;border:1px solid var(--line);border-radius:999px;background:var(--card);color:var(--accent);text-decoration:none}
nav a:hover,nav a:focus-visible{border-color:var(--accent)}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.1rem 1.35rem;margin-bottom:1rem}
h2{margin:0 0 .6rem;font-size:.85rem;font-weight:600;color:var(--soft)}
ul{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:.3rem 1.5rem}
li{display:flex;align-items:center;gap:.55rem}
em{margin-left:auto;font-style:normal;font-size:.85rem;color:var(--soft)}
.dot{width:.55rem;height:.55rem;border-radius:50%;background:var(--ok)}
.dot.degraded{background:var(--warn)}
.dot.down{background:var(--bad)}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.95rem}
th{text-align:left;font-weight:500;font-size:.85rem;color:var(--soft)}
th,td{padding:.35rem 1rem .35rem 0;border-bottom:1px solid var(--line)}
tbody tr:last-child td{border-bottom:0}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,monospace;user-select:all}
`;
