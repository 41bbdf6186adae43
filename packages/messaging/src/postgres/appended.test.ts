import { expect, test } from 'vitest';
import { createTopicProgress, parseSubject, toSubject } from './appended.ts';

test('news of an append survive as the subject of a wake-up', () => {
  const news = { topic: 'orders.order.v1', base: 41, last: 44, partitions: [0, 7] };
  expect(parseSubject(toSubject(news))).toEqual(news);
  expect(parseSubject('group orders 01a2')).toBeNull();
});

test('appends that join up leave nothing to look for', () => {
  const progress = createTopicProgress(10);
  progress.note({ base: 10, last: 12 });
  progress.note({ base: 12, last: 13 });

  expect(progress.look(13)).toBe(false);
});

test('news that arrive out of order join up when the hole is filled', () => {
  const progress = createTopicProgress(0);
  progress.note({ base: 4, last: 6 });
  progress.note({ base: 2, last: 4 });
  progress.note({ base: 0, last: 2 });

  expect(progress.look(6)).toBe(false);
});

test('a position that no news told of shows at the next look, once', () => {
  const progress = createTopicProgress(0);
  progress.note({ base: 3, last: 5 }); // somebody else appended 1 to 3

  expect(progress.look(5)).toBe(true);
  expect(progress.look(5)).toBe(false);
  progress.note({ base: 5, last: 6 });
  expect(progress.look(6)).toBe(false);
});

test('news that are old, or too many to keep, do no harm', () => {
  const progress = createTopicProgress(10, 1);
  progress.note({ base: 3, last: 5 });
  progress.note({ base: 20, last: 21 });
  progress.note({ base: 30, last: 31 });

  expect(progress.look(10)).toBe(false);
  expect(progress.look(31)).toBe(true);
  expect(progress.look(31)).toBe(false);
});
