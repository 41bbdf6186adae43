import { f6 } from './lines/kafka.ts';
import { f13 } from './lines/members.ts';
import { f14 } from './lines/poison.ts';
import { f8 } from './lines/postgres.ts';
import { f7 } from './lines/redis.ts';
import { f16 } from './lines/subgraphs.ts';
import { f12 } from './lines/replay.ts';
import type { Line } from './stage.ts';

/** Lines of the fault table that this command plays, in this order. */
export const lines: readonly [Line, ...Line[]] = [f8, f6, f7, f14, f16, f12, f13];

/** Enough to see that nothing is broken, in a few minutes. */
export const quickLines: readonly string[] = ['f6', 'f8', 'f14'];

/** Lines that other commands play. */
export const elsewhere: Readonly<Record<string, string>> = {
  F1: 'npm run test:crash',
  F2: 'npm run test:crash (provider.*.after)',
  F3: 'npm run test:crash (relay.append.after), npm run test:log',
  F4: 'npm run test:crash (consumer.*), npm run test:log',
  F5: 'npm run test:crash',
  F9: 'npm run test:provider',
  F15: 'npm run test:restart, npm run test:streams',
  F18: 'npm run test:races',
  F19: 'npm run test:races',
  F20: 'npm run test:mail-outage',
};
