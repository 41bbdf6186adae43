import { expect, test } from 'vitest';
import type { GatewayIndex } from '../harness/buyers.ts';
import type { Heard } from './caller.ts';
import { obstaclesInWords, persist, type Obstacles } from './persist.ts';

interface Data {
  readonly thing: { readonly id: number; readonly userErrors: readonly { readonly code: string }[] } | null;
}

const said = (...codes: readonly string[]): Heard<Data> => ({
  data: { thing: { id: 1, userErrors: codes.map((code) => ({ code })) } },
  errors: [],
  lost: null,
});
const failed = (code: string): Heard<Data> => ({ data: null, errors: [{ message: 'no', extensions: { code } }], lost: null });
const lost: Heard<Data> = { data: null, errors: [], lost: 'socket closed' };

/** Asks a gateway that answers so, one answer after the other. */
async function ask(...answers: readonly Heard<Data>[]) {
  const asked: GatewayIndex[] = [];
  const obstacles: Obstacles = new Map();
  const answer = async (gateway: GatewayIndex) => {
    asked.push(gateway);
    return answers[asked.length - 1] ?? said();
  };
  const { payload } = await persist(answer, ({ thing }) => thing, { home: 0, obstacles });
  return { asked, payload, obstacles: obstaclesInWords(obstacles) };
}

test('an answer that says what happened is taken, a refusal too', async () => {
  expect(await ask(said())).toMatchObject({ asked: [0], obstacles: 'none' });
  expect(await ask(said('OUT_OF_STOCK'))).toMatchObject({ asked: [0], payload: { userErrors: [{ code: 'OUT_OF_STOCK' }] } });
});

test('what says nothing about the end is asked again, and counted', async () => {
  expect(await ask(failed('RATE_LIMITED'), said('IDEMPOTENCY_IN_PROGRESS'), said())).toMatchObject({
    asked: [0, 0, 0],
    payload: { userErrors: [] },
    obstacles: 'RATE_LIMITED 1, IDEMPOTENCY_IN_PROGRESS 1',
  });
});

test('an answer that is lost is asked for at the other gateway', async () => {
  expect(await ask(lost, said())).toMatchObject({ asked: [0, 1], obstacles: 'LOST 1' });
});
