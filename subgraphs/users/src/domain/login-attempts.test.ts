import { expect, test } from 'vitest';
import { admit, type Admission, type LoginAttempts } from './login-attempts.ts';

const start = Date.UTC(2026, 0, 5, 8);
const at = (seconds: number): Date => new Date(start + seconds * 1000);

/** The verdicts about attempts at these seconds, each a failure. */
function attempts(...seconds: readonly number[]): Admission[] {
  let known: LoginAttempts | null = null;
  return seconds.map((second) => {
    const admission = admit(known, at(second));
    known = admission.next ?? known;
    return admission;
  });
}

const kinds = (admissions: readonly Admission[]) => admissions.map(({ kind }) => kind);
const lastDelay = (admissions: readonly Admission[]) => {
  const last = admissions.at(-1);
  return last?.kind === 'delay' ? last.retryAfterMs / 1000 : null;
};

test('five attempts a minute are free, the sixth waits a minute', () => {
  const made = attempts(0, 1, 2, 3, 4, 5);

  expect(kinds(made)).toEqual(['admit', 'admit', 'admit', 'admit', 'admit', 'delay']);
  expect(lastDelay(made)).toBe(60);
});

test('a new minute begins with five free attempts', () => {
  expect(kinds(attempts(0, 1, 2, 3, 4, 60, 61, 62, 63, 64))).toEqual(Array.from({ length: 10 }, () => 'admit'));
});

test('hammering does not lengthen a delay', () => {
  const made = attempts(0, 1, 2, 3, 4, 5, 6, 7, 30, 64);

  expect(lastDelay(made)).toBe(1);
  expect(made.slice(6).map(({ next }) => next)).toEqual([null, null, null, null]);
});

test('after a delay one attempt is admitted, and each next delay is twice as long, up to fifteen minutes', () => {
  const delays = [];
  let known: LoginAttempts | null = admit({ attempts: 5, until: at(60) }, at(5)).next;
  let second = 5 + 60;
  for (let round = 0; round < 6; round++) {
    const admitted = admit(known, at(second));
    expect(admitted.kind).toBe('admit');
    known = admitted.next;
    const refused = admit(known, at(second));
    delays.push(lastDelay([refused]));
    second += lastDelay([refused]) ?? 0;
  }

  expect(delays).toEqual([120, 240, 480, 900, 900, 900]);
});

test('a quarter of an hour of quiet ends it all', () => {
  const delayed: LoginAttempts = { attempts: 9, until: at(0) };

  expect(admit(delayed, at(15 * 60 - 1)).next?.attempts).toBe(10);
  expect(admit(delayed, at(15 * 60)).next).toEqual({ attempts: 1, until: at(16 * 60) });
});
