import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { fileText, portNumber, readEnvironment } from './environment.ts';
import { StartupError } from './startup-error.ts';

const schema = z.object({ URL: z.url(), PORT: portNumber(4000), LEVEL: z.enum(['a', 'b']) });

test('all problems are named at once, in one line that shows no value', () => {
  const read = () => readEnvironment(schema, { PORT: '99999', LEVEL: 'secret-value' });
  expect(read).toThrow(StartupError);
  expect(read).toThrow(/URL is missing.*PORT is not valid.*LEVEL is not valid/);
  expect(read).not.toThrow(/secret-value|\n/);
});

test('an empty variable counts as absent and gets the standard', () => {
  expect(readEnvironment(schema, { URL: 'http://a', PORT: '', LEVEL: 'a' }).PORT).toBe(4000);
  expect(readEnvironment(schema, { URL: 'http://a', PORT: ' ', LEVEL: 'a' }).PORT).toBe(4000);
});

test.each(['0x10', '1e3', '-1', '65536', '4000.5', 'http'])('%j is no port', (PORT) => {
  expect(() => readEnvironment(schema, { URL: 'http://a', PORT, LEVEL: 'a' })).toThrow(/PORT is not valid \(a port is 0 to 65535\)/);
});

test('a port in digits is a number, 0 and 65535 included', () => {
  expect(['0', '80', '65535'].map((PORT) => readEnvironment(schema, { URL: 'http://a', PORT, LEVEL: 'a' }).PORT)).toEqual([0, 80, 65_535]);
});

test('what is wrong with several variables together is said in its own words', () => {
  const either = z
    .object({ A: z.string().optional(), B: z.string().optional() })
    .refine(({ A, B }) => A !== undefined || B !== undefined, 'set A or B');
  expect(() => readEnvironment(either, {})).toThrow(/^configuration: set A or B\./);
});

test('a key file that cannot be read is one line', () => {
  expect(() => fileText('KEY_FILE', '/nowhere/at/all')).toThrow(/^KEY_FILE: cannot read the file/);
});

test('a variable may stand in a file that another one names, for secrets that are mounted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tally-environment-'));
  const file = join(folder, 'url');
  writeFileSync(file, 'http://from-a-file\n');
  const read = (environment: Record<string, string>) => readEnvironment(schema, { LEVEL: 'a', ...environment }).URL;

  expect(read({ URL_FILE: file })).toBe('http://from-a-file');
  expect(read({ URL_FILE: file, URL: 'http://given' })).toBe('http://given');
  expect(() => read({ URL_FILE: join(folder, 'nowhere') })).toThrow(/^URL_FILE: cannot read the file it names/);
  rmSync(folder, { recursive: true });
});

test('a variable that is called like a file of another is what it says', () => {
  const both = z.object({ KEY: z.string().optional(), KEY_FILE: z.string() });
  expect(readEnvironment(both, { KEY_FILE: '/some/path' })).toEqual({ KEY_FILE: '/some/path' });
});
