import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { promisify } from 'node:util';
import { inRoot } from '../repository.ts';
import { onceFor, textOf } from './stamp.ts';

const run = promisify(execFile);

/**
 * Builds a page of `examples/` into its `dist/`, for the gateway to serve.
 *
 * @returns whether there was anything to do.
 * @throws {Error} with what the build printed.
 */
export async function buildExamplePage(name: string): Promise<boolean> {
  const folder = inRoot('examples', name);
  const sources = globSync(['src/**/*', 'public/**/*', 'index.html', 'vite.config.ts', 'package.json'], {
    cwd: folder,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  if (!sources.some((path) => path.endsWith('index.html'))) return false;
  const inputs = [
    ...sources.flatMap((path) => [path.slice(folder.length), textOf(path)]),
    textOf(inRoot('node_modules', 'vite', 'package.json')),
  ];
  return onceFor(inputs, inRoot('examples', name, 'dist'), async () => {
    const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
    await run(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: folder }).catch((cause: unknown) => {
      const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
      throw new Error(`vite build failed for ${name}\n${stdout}${stderr}`, { cause });
    });
  });
}
