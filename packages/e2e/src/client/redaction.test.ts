import { expect, test } from 'vitest';
import { redacted } from './redaction.ts';

test('what is named like a secret is not printed, however deep', () => {
  const sent = { input: { email: 'a@example.test', password: 'hunter2' }, answers: [{ accessToken: 'ey…', user: { id: 'usr_1' } }] };

  expect(redacted(sent)).toEqual({
    input: { email: 'a@example.test', password: '[redacted]' },
    answers: [{ accessToken: '[redacted]', user: { id: 'usr_1' } }],
  });
});

test('a secret that is absent stays null', () => {
  expect(redacted({ accessToken: null })).toEqual({ accessToken: null });
});
