import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onceFor } from './stamp.ts';

test('work is done again only after an input changed, its output vanished or it failed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tally-stamp-'));
  const output = join(folder, 'deep', 'output');
  const write = () => writeFile(output, 'written');

  expect(await onceFor(['one'], output, write)).toBe(true);
  expect(await onceFor(['one'], output, write)).toBe(false);
  expect(await onceFor(['two'], output, write)).toBe(true);
  await rm(output);
  expect(await onceFor(['two'], output, write)).toBe(true);
  await expect(onceFor(['three'], output, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await onceFor(['three'], output, write)).toBe(true);

  expect(existsSync(output)).toBe(true);
  await rm(folder, { recursive: true });
});
