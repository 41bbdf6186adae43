import { expect, test } from 'vitest';
import { errorFields } from './error-fields.ts';

const told = (error: unknown): string => JSON.stringify(errorFields(error));

test('an error is told with its type, message, frames and causes', () => {
  const error = new TypeError('outer', { cause: new RangeError('inner') });
  expect(errorFields(error)).toMatchObject({
    type: 'TypeError',
    message: 'outer',
    stack: expect.stringMatching(/^TypeError: outer\n +at .*error-fields\.test/) as string,
    cause: { type: 'RangeError', message: 'inner' },
  });
});

test('of a driver’s error the code and the constraint are told, not the values of the row', () => {
  const error = Object.assign(new Error('duplicate key value violates unique constraint "account_email_key"'), {
    ...{ code: '23505', constraint: 'account_email_key', detail: 'Key (email)=(ada@example.test) already exists.' },
  });
  expect(errorFields(error)).toMatchObject({ code: '23505', constraint: 'account_email_key' });
  expect(told(error)).not.toContain('ada@');
});

test('of Prisma’s errors the last line is told: no arguments, no metadata', () => {
  const error = Object.assign(
    new Error('\nInvalid `account.create()` invocation:\n\n{ email: "ada@example.test" }\n\nUnique constraint failed'),
    {
      name: 'PrismaClientKnownRequestError',
      code: 'P2002',
      meta: { driverAdapterError: { cause: { detail: 'Key (email)=(ada@example.test)' } } },
    },
  );
  expect(errorFields(error)).toMatchObject({ message: 'Unique constraint failed', code: 'P2002' });
  expect(told(error)).not.toContain('ada@');
});

test('a cause that is the record of a driver keeps its codes', () => {
  const cause = { kind: 'postgres', originalCode: '23505', detail: 'Key (email)=(ada@example.test)' };
  expect(errorFields(new Error('adapter', { cause }))).toMatchObject({ cause: { kind: 'postgres', originalCode: '23505' } });
  expect(told(new Error('adapter', { cause }))).not.toContain('ada@');
});

test('several errors at once are told, an endless chain is cut, and what is no error stays', () => {
  expect(errorFields(new AggregateError([new Error('one'), new Error('two')], 'both'))).toMatchObject({
    errors: [{ message: 'one' }, { message: 'two' }],
  });
  const endless = new Error('again');
  endless.cause = endless;
  expect(told(endless).match(/"message":"again"/g)).toHaveLength(5);
  expect(errorFields('text')).toBe('text');
});
