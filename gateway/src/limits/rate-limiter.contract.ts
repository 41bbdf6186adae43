import { newId } from '@tally/kernel';
import { buildSchema, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { attemptsOf, type CountedBucket } from './attempts.ts';
import type { RateLimiterTelemetry } from './rate-limiter-telemetry.ts';
import type { Asker, RateLimiter } from './rate-limiter.ts';
import type { Bucket } from './rate-limits.ts';

/** Limiters that count together, with nothing taken yet; the contract asks them in turn. */
export interface RateLimiterWorld extends AsyncDisposable {
  limiters(options: { readonly factor: number; readonly telemetry: RateLimiterTelemetry }): readonly RateLimiter[];
}

const schema = buildSchema(`
  type Query { me: User node: Node }
  interface Node { id: ID name: String }
  type User implements Node { id: ID name: String friends: [User] }
  type Robot implements Node { id: ID name: String }
  type Mutation { enter(name: String): Boolean send(input: Message!): Boolean }
  input Message { key: String text: String }
`);

export const enter: Bucket = {
  name: 'enter',
  fields: ['Mutation.enter'],
  per: 'address',
  points: 3,
  seconds: 60,
  withoutRedis: 'half',
};
export const send: Bucket = {
  name: 'send',
  fields: ['Mutation.send'],
  per: 'caller',
  points: 2,
  seconds: 60,
  distinct: 'input.key',
  withoutRedis: 'whole',
};

/** What a bucket counts in a document. */
export function counted(bucket: Bucket, text: string): readonly CountedBucket[] {
  const [operation, ...fragments] = parse(text).definitions;
  return attemptsOf(
    [bucket],
    schema,
    operation as OperationDefinitionNode,
    Object.fromEntries(fragments.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : []))),
  );
}

export const anonymousAt = (address: string): Asker => ({ caller: { kind: 'anonymous' }, address });
const user = (): Asker => ({ caller: { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: [] }, address: '192.0.2.1' });

type Question = readonly [text: string, asker: Asker];

const silent: RateLimiterTelemetry = { limited: () => undefined, decided: () => undefined };

/** `ok`, or the milliseconds to wait. */
const verdictOf = (limiter: RateLimiter, bucket: Bucket, [text, asker]: Question): Promise<'ok' | number> =>
  limiter.admit(counted(bucket, text), asker, {}).then(
    () => 'ok' as const,
    (error: unknown) => (error instanceof Refusal ? Number(error.extensions['retryAfterMs']) : -1),
  );

/** What limiters keep to, whoever counts for them. */
export function rateLimiterContract(name: string, open: () => Promise<RateLimiterWorld>): void {
  describe(`rate limits counted ${name}`, () => {
    async function verdicts(bucket: Bucket, questions: readonly Question[], factor = 1): Promise<readonly ('ok' | number)[]> {
      await using world = await open();
      const limiters = world.limiters({ factor, telemetry: silent });
      const answers: ('ok' | number)[] = [];
      for (const [index, question] of questions.entries()) {
        const limiter = limiters[index % limiters.length];
        if (limiter !== undefined) answers.push(await verdictOf(limiter, bucket, question));
      }
      return answers;
    }
    const sends = (asker: Asker, ...keys: readonly string[]): readonly Question[] =>
      keys.map((key) => [`mutation { send(input: { key: "${key}" }) }`, asker] as const);

    test('an empty bucket refuses, and says how long', async () => {
      const one = anonymousAt('192.0.2.1');
      const answers = await verdicts(enter, [
        ...Array<Question>(4).fill(['mutation { enter }', one]),
        ['mutation { enter }', anonymousAt('192.0.2.2')],
      ]);

      expect(answers.slice(0, 3)).toEqual(['ok', 'ok', 'ok']);
      expect(answers[3]).toBeGreaterThan(50_000);
      expect(answers[3]).toBeLessThanOrEqual(60_000);
      expect(answers[4]).toBe('ok');
    });

    test('each alias is an attempt, and the attempts of a refused operation stay taken', async () => {
      const one = anonymousAt('192.0.2.1');
      const answers = await verdicts(enter, [
        ['mutation { a: enter b: enter }', one],
        ['mutation { a: enter b: enter }', one],
        ['mutation { enter }', one],
      ]);

      expect(answers.map((answer) => answer === 'ok')).toEqual([true, false, false]);
    });

    test('one bucket for everyone is one bucket', async () => {
      const answers = await verdicts(
        { ...enter, per: 'everyone' },
        [1, 2, 3, 4].map((n) => ['mutation { enter }', anonymousAt(`192.0.2.${String(n)}`)] as const),
      );

      expect(answers.filter((answer) => answer === 'ok')).toHaveLength(3);
    });

    test('callers have buckets of their own, an address of anonymous callers another size', async () => {
      const bucket: Bucket = { ...enter, fields: ['*'], per: 'caller', points: 1, anonymousPoints: 2 };
      const [iris, noor, nobody] = [user(), user(), anonymousAt('192.0.2.9')];

      const answers = await verdicts(
        bucket,
        [iris, iris, noor, nobody, nobody, nobody].map((asker) => ['{ __typename me { id } }', asker] as const),
      );

      expect(answers.map((answer) => answer === 'ok')).toEqual([true, false, true, true, true, false]);
    });

    test('a factor widens, zero admits all', async () => {
      const four = Array<Question>(4).fill(['mutation { enter }', anonymousAt('192.0.2.1')]);

      expect(await verdicts(enter, four, 10)).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(await verdicts(enter, four, 0)).toEqual(['ok', 'ok', 'ok', 'ok']);
    });

    test('a key that was let through is free when it comes again; one that was refused is not, nor is one of another caller', async () => {
      const [iris, noor] = [user(), user()];
      const answers = await verdicts(send, [...sends(iris, 'a', 'b', 'a', 'b', 'c', 'c', 'a'), ...sends(noor, 'a', 'c')]);

      expect(answers.map((answer) => answer === 'ok')).toEqual([true, true, true, true, false, false, true, true, true]);
    });

    test('of many at once with one key one takes a point, and none is free by one that was refused', async () => {
      await using world = await open();
      const limiters = world.limiters({ factor: 1, telemetry: silent });
      const iris = user();
      const atOnce = (...keys: readonly string[]) =>
        Promise.all(
          Array.from({ length: 5 }, () => sends(iris, ...keys))
            .flat()
            .flatMap((question) => limiters.map((limiter) => verdictOf(limiter, send, question))),
        );

      expect(new Set(await atOnce('a'))).toEqual(new Set(['ok']));
      expect(new Set(await atOnce('a', 'b'))).toEqual(new Set(['ok']));
      expect((await atOnce('c', 'd')).every((answer) => answer !== 'ok')).toBe(true);
      expect(new Set(await atOnce('b'))).toEqual(new Set(['ok']));
    });

    test('who counted is told of each decision, and which bucket refused', async () => {
      await using world = await open();
      const told: string[] = [];
      const [limiter] = world.limiters({
        factor: 1,
        telemetry: { limited: (bucket) => told.push(`limited ${bucket}`), decided: (by) => told.push(`decided by ${by}`) },
      });
      if (limiter === undefined) throw new Error('no limiter');

      for (let times = 0; times < 4; times += 1) await verdictOf(limiter, enter, ['mutation { enter }', anonymousAt('192.0.2.1')]);

      expect(new Set(told.slice(0, 4)).size).toBe(1);
      expect(told.slice(0, 4).every((line) => line.startsWith('decided by '))).toBe(true);
      expect(told[4]).toBe('limited enter');
    });
  });
}
