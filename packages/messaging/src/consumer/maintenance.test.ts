import { topicOf, topics, type Topic } from '@tally/events';
import { expect, test } from 'vitest';
import { inboxKeptDays } from './maintenance.ts';

test('an inbox remembers longer than any topic can deliver', () => {
  const kept = (Object.keys(topics) as Topic[]).map(topicOf);

  // A compacted topic delivers the newest record of a key for ever: its events carry their whole state and need no inbox.
  for (const { name, compacted, retentionDays } of kept) if (!compacted) expect(inboxKeptDays, name).toBeGreaterThan(retentionDays);
});
