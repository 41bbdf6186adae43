import { test } from 'vitest';
import { aWorld } from './world.ts';
test('x', async () => { await using w = await aWorld(); const r = await w.ask('{ books { id } }'); console.log(r.status, r.text, JSON.stringify(w.log, null, 1).slice(0,3000)); });
