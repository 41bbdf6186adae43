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
});

test('a key file that cannot be read is one line', () => {
  expect(() => fileText('KEY_FILE', '/nowhere/at/all')).toThrow(/^KEY_FILE: cannot read the file/);
});
