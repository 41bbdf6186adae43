import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { reuseGraceMs, rotate, type Session } from './session.ts';

const now = new Date('2026-01-05T08:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const open: Session = { id: newId('ses'), userId: newId('usr'), expiresAt: new Date(now.getTime() + 1), revokedAt: null };

test('an unused token of an open session gives the next', () => {
  expect(rotate(open, { usedAt: null }, now)).toEqual({ kind: 'rotate' });
});

test('a used token gives another child within ten seconds, and is theft afterwards', () => {
  expect(rotate(open, { usedAt: ago(reuseGraceMs) }, now)).toEqual({ kind: 'rotate' });
  expect(rotate(open, { usedAt: ago(reuseGraceMs + 1) }, now)).toEqual({ kind: 'theft' });
});

test('expired and revoked are final, whatever the token', () => {
  for (const usedAt of [null, ago(5), ago(60_000)]) {
    expect(rotate({ ...open, expiresAt: now }, { usedAt }, now)).toEqual({ kind: 'refuse' });
    expect(rotate({ ...open, revokedAt: ago(1) }, { usedAt }, now)).toEqual({ kind: 'refuse' });
  }
});
