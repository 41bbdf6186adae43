import { newId, type Id } from '@tally/kernel';
import type { Caller } from '@tally/identity';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aPaymentsWorld, aUser, type PaymentsWorld } from './payments-world.ts';

const payment = 'query ($id: ID!) { payment(id: $id) { id } }';
const add = 'mutation ($input: PaymentMethodInput!) { paymentMethodAdd(input: $input) { paymentMethod { id } userErrors { code field } } }';
const remove = 'mutation ($id: ID!) { paymentMethodRemove(id: $id) { paymentMethod { id } userErrors { code field } } }';

const me = aUser();
const method = (token: unknown, provider: unknown = 'simulator') => ({ input: { token, provider } });

interface Case {
  readonly query: string;
  readonly variables: (world: { readonly foreign: Id<'pm'> }) => Record<string, unknown>;
  readonly caller?: Caller;
  /** Code in `errors`, or code and field of the one user error. */
  readonly answer: string | readonly [string, string];
}

const refusedAdd = (variables: Record<string, unknown>, field: string): Case => ({
  query: add,
  variables: () => variables,
  answer: ['INVALID', `input.${field}`],
});

const cases: Record<string, Case> = {
  'a malformed payment id': { query: payment, variables: () => ({ id: 'nonsense' }), answer: 'BAD_USER_INPUT' },
  'an empty payment id': { query: payment, variables: () => ({ id: '' }), answer: 'BAD_USER_INPUT' },
  'an upper-case payment id': { query: payment, variables: () => ({ id: newId('pay').toUpperCase() }), answer: 'BAD_USER_INPUT' },
  'the id of an order where a payment belongs': { query: payment, variables: () => ({ id: newId('ord') }), answer: 'BAD_USER_INPUT' },
  'a payment that does not exist': { query: payment, variables: () => ({ id: newId('pay') }), answer: 'NOT_FOUND' },
  'a payment id with SQL behind it': { query: payment, variables: () => ({ id: `${newId('pay')}' OR 1=1 --` }), answer: 'BAD_USER_INPUT' },
  'A28: a card number as token': refusedAdd(method('4111111111111111'), 'token'),
  'A28: a card number inside a token': refusedAdd(method('tok_4242424242424242'), 'token'),
  'A28: a card number with separators': refusedAdd(method('tok_4242_4242_4242_4242'), 'token'),
  'A28: a card number as provider': refusedAdd(method('tok_ok', '5555 5555 5555 4444'), 'provider'),
  'a provider that is not ours': refusedAdd(method('tok_ok', 'stripe'), 'provider'),
  'an empty provider': refusedAdd(method('tok_ok', ''), 'provider'),
  'an empty token': refusedAdd(method(''), 'token'),
  'a token of another form': refusedAdd(method('pm_card_visa'), 'token'),
  'a token in capitals': refusedAdd(method('TOK_OK'), 'token'),
  'a token that is too long': refusedAdd(method(`tok_${'a'.repeat(61)}`), 'token'),
  'a token with a line break': refusedAdd(method('tok_ok\nx'), 'token'),
  'a token with SQL': refusedAdd(method("tok_ok'; DROP TABLE payment; --"), 'token'),
  'a token that is a number': { query: add, variables: () => method(1), answer: 'BAD_USER_INPUT' },
  'a token that is missing': { query: add, variables: () => ({ input: { provider: 'simulator' } }), answer: 'BAD_USER_INPUT' },
  'A20: a field the input does not have': {
    query: add,
    variables: () => ({ input: { provider: 'simulator', token: 'tok_ok', userId: newId('usr') } }),
    answer: 'BAD_USER_INPUT',
  },
  'a method added by nobody': { query: add, variables: () => method('tok_ok'), caller: { kind: 'anonymous' }, answer: 'UNAUTHENTICATED' },
  'a method added by a service': {
    query: add,
    variables: () => method('tok_ok'),
    caller: { kind: 'service', serviceId: newId('svc'), scopes: [] },
    answer: 'UNAUTHENTICATED',
  },
  'a malformed method id': { query: remove, variables: () => ({ id: 'nonsense' }), answer: ['INVALID', 'id'] },
  'the id of a payment where a method belongs': { query: remove, variables: () => ({ id: newId('pay') }), answer: ['INVALID', 'id'] },
  'a method that does not exist': { query: remove, variables: () => ({ id: newId('pm') }), answer: ['NOT_FOUND', 'id'] },
  'A10: a method of somebody else': { query: remove, variables: ({ foreign }) => ({ id: foreign }), answer: ['NOT_FOUND', 'id'] },
  'a method removed by nobody': {
    query: remove,
    variables: ({ foreign }) => ({ id: foreign }),
    caller: { kind: 'anonymous' },
    answer: 'UNAUTHENTICATED',
  },
};

/** Every row of every table that a request could touch. */
const everything = async ({ sql }: PaymentsWorld): Promise<unknown> =>
  Promise.all(
    ['payment', 'payment_method', 'payment_operation', 'payment_attempt', 'refund', 'outbox', 'inbox', 'idempotency'].map((table) =>
      sql.rows(`SELECT * FROM ${table} ORDER BY 1`),
    ),
  );

test('bad input is answered as it should be and changes no row', async () => {
  await using world = await aPaymentsWorld();
  const { methodId: foreign } = await world.method('tok_ok');
  const before = await everything(world);

  for (const [name, { query, variables, caller = me, answer }] of Object.entries(cases)) {
    const { data, codes } = await world.ask(caller, query, variables({ foreign }));
    const payload = Object.values(data ?? {})[0] as
      { paymentMethod: null; userErrors: { code: string; field: string[] }[] } | null | undefined;
    const got = codes.length > 0 ? codes[0] : payload?.userErrors.map(({ code, field }) => [code, field.join('.')])[0];
    expect(got, name).toEqual(answer);
    expect(payload?.paymentMethod ?? null, name).toBeNull();
    expect(await everything(world), name).toEqual(before);
  }
});

test('A11: asked directly, without a gateway token, payments answers nothing', async () => {
  await using world = await aPaymentsWorld();
  for (const [query, headers] of [
    ['{ __typename }', {}],
    ['{ _service { sdl } }', {}],
    ['{ _service { sdl } }', { authorization: 'Bearer forged.token.here' }],
  ] as const) {
    expect(await world.askDirectly(query, headers)).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
  }
});

test('commands that cannot be read park their key and write nothing else', async () => {
  await using world = await aPaymentsWorld();
  const bodies = [
    'not json',
    '{}',
    JSON.stringify({ commandId: newId('cmd'), order: { id: 'nonsense' } }),
    JSON.stringify({
      commandId: newId('cmd'),
      order: { id: newId('ord') },
      buyer: { id: newId('usr') },
      amount: { amount: -1, currency: 'EUR' },
      paymentMethodId: null,
      deadlineAt: new Date().toISOString(),
    }),
  ];
  for (const payload of bodies) await world.append({ eventId: newId('evt'), type: 'AuthorisePayment', key: newId('ord'), payload });
  await eventually(async () => expect(await world.sql.number('SELECT count(*) FROM dead_letter')).toBe(bodies.length));
  expect(await world.sql.number('SELECT count(*) FROM payment')).toBe(0);
});
