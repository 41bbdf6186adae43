import { newId } from '@tally/kernel';
import { buildSchema, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { attemptsOf, runningAttempts, type CountedBucket } from './attempts.ts';
import { createRateLimiter, networkOf, type Asker } from './rate-limiter.ts';
import type { Bucket } from './rate-limits.ts';

const schema = buildSchema(`
  type Query { me: User node: Node }
  interface Node { id: ID name: String }
  type User implements Node { id: ID name: String friends: [User] }
  type Robot implements Node { id: ID name: String }
  type Mutation { enter(name: String): Boolean send(input: Message!): Boolean }
  input Message { key: String text: String }
`);

const enter: Bucket = { name: 'enter', fields: ['Mutation.enter'], per: 'address', points: 3, seconds: 60 };
const send: Bucket = { name: 'send', fields: ['Mutation.send'], per: 'caller', points: 2, seconds: 60, distinct: 'input.key' };

function counted(buckets: readonly Bucket[], text: string): readonly CountedBucket[] {
  const document = parse(text);
  const [operation, ...fragments] = document.definitions;
  return attemptsOf(
    buckets,
    schema,
    operation as OperationDefinitionNode,
    Object.fromEntries(fragments.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : []))),
  );
}

const attempts = (bucket: Bucket, text: string, variables: Record<string, unknown> = {}): readonly (string | null)[] =>
  counted([bucket], text).flatMap((one) => runningAttempts(one, variables));

const anonymousAt = (address: string): Asker => ({ caller: { kind: 'anonymous' }, address });
const user = (): Asker => ({ caller: { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: [] }, address: '192.0.2.1' });

async function verdicts(bucket: Bucket, questions: readonly (readonly [string, Asker])[], factor = 1): Promise<readonly (number | 'ok')[]> {
  const limiter = createRateLimiter({ buckets: [bucket] }, factor, () => undefined);
  const answers: (number | 'ok')[] = [];
  for (const [text, asker] of questions) {
    answers.push(
      await limiter.admit(counted([bucket], text), asker, {}).then(
        () => 'ok' as const,
        (error: unknown) => (error instanceof Refusal ? Number(error.extensions['retryAfterMs']) : -1),
      ),
    );
  }
  return answers;
}

test.each([
  ['each alias', 'mutation { a: enter b: enter }', 2],
  ['each use of a fragment under its own parent', '{ a: me { ...F } b: me { ...F } } fragment F on User { friends { name } }', 4],
  ['a field met through an interface', '{ node { name } }', 1],
  ['a field narrowed to another type: none', '{ node { ... on Robot { name } } }', 0],
  ['nothing of other fields', '{ __typename }', 0],
])('what counts is %s', (_, text, count) => {
  const bucket: Bucket = { ...enter, fields: ['Mutation.enter', 'User.name', 'User.friends'] };

  expect(attempts(bucket, text)).toHaveLength(count);
});

test('a star counts every root field', () => {
  expect(attempts({ ...enter, fields: ['*'] }, '{ me { name friends { name } } node { id } x: me { id } }')).toHaveLength(3);
});

test('the value that tells attempts apart is read from literals and variables alike', () => {
  expect(attempts(send, 'mutation { send(input: { key: "a" }) }')).toEqual(['a']);
  expect(attempts(send, 'mutation ($k: String) { send(input: { key: $k }) }', { k: 'b' })).toEqual(['b']);
  expect(attempts(send, 'mutation ($i: Message!) { send(input: $i) }', { i: { key: 'c' } })).toEqual(['c']);
  expect(attempts(send, 'mutation ($i: Message!) { send(input: $i) }', { i: { text: 'no key' } })).toEqual([null]);
  expect(attempts(send, 'mutation ($no: Boolean!) { send(input: {}) @skip(if: $no) }', { no: true })).toEqual([]);
});

test('an empty bucket refuses, and says how long', async () => {
  const one = anonymousAt('192.0.2.1');
  const answers = await verdicts(enter, [
    ...Array<readonly [string, Asker]>(4).fill(['mutation { enter }', one]),
    ['mutation { enter }', anonymousAt('192.0.2.2')],
  ]);

  expect(answers.slice(0, 3)).toEqual(['ok', 'ok', 'ok']);
  expect(answers[3]).toBeGreaterThan(0);
  expect(answers[4]).toBe('ok');
});

test('one bucket for everyone is one bucket', async () => {
  const answers = await verdicts(
    { ...enter, per: 'everyone' },
    [1, 2, 3, 4].map((n) => ['mutation { enter }', anonymousAt(`192.0.2.${String(n)}`)] as const),
  );

  expect(answers.filter((answer) => answer === 'ok')).toHaveLength(3);
});

test('callers have buckets of their own, an address of anonymous callers another size', async () => {
  const bucket: Bucket = { name: 'b', fields: ['*'], per: 'caller', points: 1, anonymousPoints: 2, seconds: 60 };
  const [iris, noor, nobody] = [user(), user(), anonymousAt('192.0.2.9')];

  const answers = await verdicts(
    bucket,
    [iris, iris, noor, nobody, nobody, nobody].map((asker) => ['{ __typename me { id } }', asker] as const),
  );

  expect(answers.map((answer) => answer === 'ok')).toEqual([true, false, true, true, true, false]);
});

test('a factor widens, zero admits all', async () => {
  const four = Array<readonly [string, Asker]>(4).fill(['mutation { enter }', anonymousAt('192.0.2.1')]);

  expect(await verdicts(enter, four, 10)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(await verdicts(enter, four, 0)).toEqual(['ok', 'ok', 'ok', 'ok']);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
