import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test.each([
  [[], { command: 'serve', parts: ['redis', 'kafka'] }],
  [['--kafka'], { command: 'serve', parts: ['kafka'] }],
  [['check', '--redis'], { command: 'check', parts: ['redis'] }],
  [['install'], { command: 'install', parts: ['redis', 'kafka'] }],
  [['--help'], { command: 'help' }],
])('%j asks for %j', (args, request) => {
  expect(readArguments(args)).toEqual(request);
});

test('what follows the command to run is its own, options of the same name included', () => {
  expect(readArguments(['run', '--redis', 'npm', 'test', '--kafka'])).toEqual({
    command: 'run',
    parts: ['redis'],
    available: false,
    program: ['npm', 'test', '--kafka'],
  });
  expect(readArguments(['run', '--available', '--', '--odd-name'])).toMatchObject({ available: true, program: ['--odd-name'] });
});

test.each([
  [['bring'], 'infra does not know bring'],
  [['--available'], 'infra does not know --available'],
  [['check', 'run'], 'infra does not know run'],
  [['run', '--reids', 'env'], 'infra does not know --reids'],
  [['run'], 'infra has nothing to run'],
  [['run', '--'], 'infra has nothing to run'],
])('%j is refused', (args, problem) => {
  expect(readArguments(args)).toEqual({ command: 'refused', problem });
});
