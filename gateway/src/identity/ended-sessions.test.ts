import { createLogger } from '@tally/runtime';
import { expect, test } from 'vitest';
import { createEndedSessions } from './ended-sessions.ts';

const aMinute = 60_000;

function aRegister(most?: number) {
  const now = { at: new Date('2026-05-01T12:00:00Z').getTime() };
  const lines: string[] = [];
  const register = createEndedSessions({
    keptMs: 15 * aMinute,
    logger: createLogger({ service: 'gateway', write: (line) => lines.push(line) }),
    clock: () => new Date(now.at),
    ...(most === undefined ? {} : { most }),
  });
  return { register, lines, advance: (ms: number) => void (now.at += ms) };
}

test('a session that has ended is known for as long as its tokens could live, and told once', () => {
  const { register, advance } = aRegister();
  const told: string[] = [];
  using _listening = register.onRevoked((sessionId) => told.push(sessionId));

  register.end('ses_a');
  register.end('ses_a');

  expect([register.isRevoked('ses_a'), register.isRevoked('ses_b')]).toEqual([true, false]);
  expect(told).toEqual(['ses_a']);
  advance(15 * aMinute - 1);
  expect(register.isRevoked('ses_a')).toBe(true);
  advance(1);
  expect(register.isRevoked('ses_a')).toBe(false);
});

test('whoever is told finds the session ended already, hears nothing after disposal, and harms nobody by failing', () => {
  const { register, lines } = aRegister();
  const found: boolean[] = [];
  using _failing = register.onRevoked(() => {
    throw new Error('a bug');
  });
  const listening = register.onRevoked((sessionId) => found.push(register.isRevoked(sessionId)));

  register.end('ses_a');
  listening[Symbol.dispose]();
  register.end('ses_b');

  expect(found).toEqual([true]);
  expect(lines).toHaveLength(2);
});

test('more ends than the bound forget the oldest early, and say so once', () => {
  const { register, lines, advance } = aRegister(3);

  for (let at = 0; at < 10; at += 1) {
    register.end(`ses_${String(at)}`);
    advance(1_000);
  }

  expect(Array.from({ length: 10 }, (_, at) => register.isRevoked(`ses_${String(at)}`))).toEqual([
    ...Array<boolean>(7).fill(false),
    ...Array<boolean>(3).fill(true),
  ]);
  expect(lines).toHaveLength(1);
});

test('ends that have run out make room', () => {
  const { register, lines, advance } = aRegister(2);
  register.end('ses_a');
  register.end('ses_b');
  advance(15 * aMinute);

  register.end('ses_c');
  register.end('ses_d');

  expect([register.isRevoked('ses_c'), register.isRevoked('ses_d')]).toEqual([true, true]);
  expect(lines).toEqual([]);
});
