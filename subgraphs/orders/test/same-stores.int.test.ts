import fc from 'fast-check';
import { expect, test } from 'vitest';
import { happenings } from './contract/happenings.ts';
import { openMemoryStores } from './contract/memory-stores.ts';
import { openPrismaStores } from './contract/prisma-stores.ts';
import { answersOf, aStory } from './contract/stories.ts';

test('whatever happens, the stores in memory and those on PostgreSQL answer the same', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, async (happened) => {
      const story = aStory(happened);
      await using inMemory = openMemoryStores();
      await using onPostgres = await openPrismaStores();

      expect(await answersOf(inMemory, story)).toEqual(await answersOf(onPostgres, story));
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
