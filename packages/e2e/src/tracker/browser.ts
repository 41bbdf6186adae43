import { access } from 'node:fs/promises';
import { chromium, type Browser } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Opens a Chromium that is installed.
 *
 * @throws {Error} there is none where one is looked for, or at CHROMIUM_PATH.
 */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  const given = process.env['CHROMIUM_PATH'];
  for (const executablePath of given === undefined ? places : [given]) {
    if (!(await exists(executablePath))) continue;
    // Containers give no user namespaces, which its sandbox needs; the only page it opens is our own.
    return chromium.launch({ executablePath, args: ['--no-sandbox'] });
  }
  throw new Error('there is no Chromium: install one (apt-get install chromium), or set CHROMIUM_PATH');
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
