// npm run check:deploy
// Images, compose file and manifests, without an engine or a cluster: their suites, and compose's own reader where it is installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { inRoot, root } from './repository.ts';

const suites = ['packages/toolchain/src/deploy', 'packages/toolchain/src/images'];
const tests = spawn(process.execPath, [inRoot('packages/toolchain/src/test.ts'), '--project', 'unit', '--project', 'int', ...suites], {
  cwd: root,
  stdio: 'inherit',
});
const [code] = (await once(tests, 'exit')) as [number | null];

// The client alone reads a compose file: no engine is asked.
const compose = (...args: string[]) => spawnSync('docker', ['compose', ...args], { cwd: root, encoding: 'utf8' });
const problems = [...(code === 0 ? [] : [`the suites ended with ${String(code)}`])];
if (compose('version').status === 0) {
  for (const profiles of [['infra'], ['apps'], ['apps', 'demo']]) {
    const { status, stderr } = compose(...profiles.flatMap((name) => ['--profile', name]), 'config', '--quiet');
    if (status !== 0 || stderr !== '') problems.push(`docker compose does not read the profiles ${profiles.join(', ')}: ${stderr}`);
  }
  console.log('docker compose read docker-compose.yml');
} else console.log('not run: docker compose config, since the plugin is not installed; its rules are in the suites');

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
