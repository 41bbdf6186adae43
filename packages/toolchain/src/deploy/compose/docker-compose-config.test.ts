import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { inRoot, root } from '../../repository.ts';

// The client alone reads a compose file: no engine is asked.
const compose = (...args: string[]) => spawnSync('docker', ['compose', ...args], { cwd: root, encoding: 'utf8' });

describe.skipIf(compose('version').status !== 0)('docker compose, where its client is installed', () => {
  test.each([['infra'], ['apps'], ['apps', 'demo']])('reads the profiles %j', (...profiles) => {
    const { status, stderr } = compose(
      '--file',
      inRoot('docker-compose.yml'),
      ...profiles.flatMap((name) => ['--profile', name]),
      'config',
      '--quiet',
    );

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
