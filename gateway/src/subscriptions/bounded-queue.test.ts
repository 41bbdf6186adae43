import { expect, test } from 'vitest';
import { BoundedQueue, queueBound } from './bounded-queue.ts';

const item = (position: number, number: number) => ({ position, number });

function drained(queue: BoundedQueue<ReturnType<typeof item>>): string[] {
  const all: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) all.push(`${next.position}:${next.number}`);
  return all;
}

test('END takes what fits, and then nothing', () => {
  const queue = new BoundedQueue<ReturnType<typeof item>>();
  for (let number = 1; number <= queueBound; number += 1) expect(queue.add(item(0, number), 'END')).toBe('kept');

  expect(queue.add(item(0, 129), 'END')).toBe('full');

  expect(queue.size).toBe(queueBound);
  expect(queue.take()).toEqual(item(0, 1));
  expect(queue.add(item(0, 129), 'END')).toBe('kept');
});

test('LATEST keeps the newest of each key, in their order', () => {
  const queue = new BoundedQueue<ReturnType<typeof item>>();
  for (let number = 1; number <= queueBound; number += 1) queue.add(item(number % 3, number), 'LATEST');

  expect(queue.add(item(1, 129), 'LATEST')).toBe('replaced');

  expect(drained(queue)).toEqual(['0:126', '2:128', '1:129']);
});

test('more keys than fit are all kept, once', () => {
  const queue = new BoundedQueue<ReturnType<typeof item>>();
  for (let round = 1; round <= 5; round += 1) for (let key = 0; key < 250; key += 1) queue.add(item(key, round), 'LATEST');

  expect(queue.size).toBe(250);
  expect(drained(queue).every((text) => text.endsWith(':5'))).toBe(true);
});
