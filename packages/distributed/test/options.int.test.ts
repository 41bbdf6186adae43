import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

const start = (...args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });

test('a flag that is wrong is one line with the usage, exit code 2', async () => {
  expect(await start('--gateways', '12')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'start:distributed: --gateways takes 1 to 9: npm run start:distributed [-- --gateways 1..9 --split --workers 1..8 --json]\n',
  });
});
