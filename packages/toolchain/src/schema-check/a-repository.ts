import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from '../clean-environment.ts';
import { inRoot } from '../repository.ts';
import { composed, SHOP, shopWith } from './a-shop.ts';
import { schemaCheck } from './command.ts';

/** The subgraph that most tests change. */
export const ORDERS = 'subgraphs/orders.graphql';

/** The shop as a git repository of its own, everything committed on main. */
export function aRepository() {
  const folder = mkdtempSync(join(tmpdir(), 'tally-schema-check-'));
  const path = (file: string) => join(folder, file);
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@tally.invalid', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...identity, ...args], { cwd: folder, stdio: 'pipe' });
  };
  cpSync(SHOP, folder, { recursive: true });
  mkdirSync(path('gateway'));
  writeFileSync(path('gateway/supergraph.graphql'), composed(shopWith()));
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=shop');
  return {
    path,
    git,
    write: (file: string, text: string) => writeFileSync(path(file), text),
    edit: (file: string, from: string, to: string) => {
      const text = readFileSync(path(file), 'utf8');
      if (!text.includes(from)) throw new Error(`nothing to edit in ${file}: ${from}`);
      writeFileSync(path(file), text.replace(from, to));
    },
    remove: (file: string) => rmSync(path(file)),
    check: async (args: readonly string[] = [], env: Record<string, string> = {}) => {
      const ended = await schemaCheck(args, { folder, env, colour: false, now: new Date('2026-11-21T12:00:00Z') });
      return { code: ended.code, printed: ended.printed.join('\n'), complaint: ended.complaints.join('\n') };
    },
    run: (program: 'schema-check' | 'schema-compose', args: readonly string[] = [], env: Record<string, string> = {}) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [inRoot('packages/toolchain/src', `${program}.ts`), ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...cleanEnvironment(), GITHUB_ACTIONS: '', ...env },
      });
      return { code: status, printed: stdout.trimEnd(), complaint: stderr.trimEnd() };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
