import { expect, test } from 'vitest';
import { keepLives } from './lives.ts';

test('whoever waits for the end of a life hears of it, and not of the next', async () => {
  const lives = keepLives();
  await lives.ended('orders');
  lives.begun('orders');
  expect(lives.isAlive('orders')).toBe(true);
  const ended = lives.ended('orders');
  lives.over('orders');
  await ended;
  expect(lives.isAlive('orders')).toBe(false);
  lives.begun('orders');
  expect(lives.isAlive('orders')).toBe(true);
});
