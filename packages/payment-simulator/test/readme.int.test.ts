import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { tokens } from '../src/index.ts';
import { aSimulator } from './simulator-world.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

test('the first example of the README runs', async () => {
  await using world = await aSimulator();
  const example = /```sh\n(.+?)```/s.exec(readme)?.[1]?.replace('http://127.0.0.1:4010', world.url()) ?? '';

  const { stdout } = await promisify(execFile)('sh', ['-c', example]);

  expect(stdout).toMatch(/^no answer\n\{"authorisations":\[\{.+"status":"authorised".+"behaviour":"timeout-after"/s);
});

test('the README lists every token and every variable, and .env.example starts a simulator', () => {
  const environment = Object.fromEntries(
    [...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

  expect([...readme.matchAll(/^\| `(tok_\w+)`/gm)].map(([, name]) => name)).toEqual(tokens);
  expect([...readme.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name)).toEqual(Object.keys(environment));
  expect(readConfig(environment)).toMatchObject({ port: 4010, host: '127.0.0.1', latencyMs: 50 });
});
