import { aWorld } from './world.ts';
import { request } from 'undici';
const open = process.argv[2] === 'open';
await using w = await aWorld({ open, config: { limits: 'default', logLevel: 'error' } });
const q = '{ books(first: 4) { id title note author { name } reviews { stars body } } }';
const token = open ? undefined : await w.tokenFor([]);
const body = JSON.stringify({ query: q });
const go = async () => { const r = await request(`${w.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }, body }); const t = await r.body.text(); return t; };
console.log((await go()).slice(0, 150));
for (let i = 0; i < 500; i++) await go();
const c = process.cpuUsage(), s = performance.now();
const N = 1500;
for (let i = 0; i < N; i++) await go();
const u = process.cpuUsage(c);
console.log(open, 'cpu ms/op', (u.user + u.system) / 1000 / N, 'wall', (performance.now() - s) / N);
const c2 = process.cpuUsage();
for (let i = 0; i < N; i++) { const r = await request(`${w.url}/health/live`); await r.body.text(); }
const u2 = process.cpuUsage(c2);
console.log('health baseline', (u2.user + u2.system) / 1000 / N);
