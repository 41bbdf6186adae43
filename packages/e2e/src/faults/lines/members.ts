import { setTimeout as pause } from 'node:timers/promises';
import { mustCome, settledBefore } from '../until.ts';
import type { Line, Stage } from '../stage.ts';

const comeAndGoMs = 30_000;
const everyMs = 2_000;
const leavesFloor = 4;
const settlePatienceMs = 90_000;
/** One of two that share the partitions of their groups, and one that has them all. */
const members = ['orders-worker-2', 'products-worker'] as const;

/** Members of the groups leave and join while orders flow: in each case the others share out anew. */
export const f13: Line = {
  id: 'F13',
  title: 'members join and leave',
  needs: 'any',
  expects: 'served',
  async play(stage) {
    const { traffic, note, fail } = stage;
    traffic.enter('F13 members come and go');
    const until = performance.now() + comeAndGoMs;
    const leaves = await Promise.all(members.map((name) => comeAndGo(stage, name, until)));
    const all = leaves.reduce((sum, count) => sum + count, 0);
    note(`F13: members left and joined ${String(all)} times`);
    if (all < leavesFloor) fail(`F13: only ${String(all)} members left`);
    const back = new Date();
    await mustCome(stage, 'what came before has settled', settlePatienceMs, () => settledBefore(stage, back));
  },
};

async function comeAndGo({ system, excused }: Stage, name: string, until: number): Promise<number> {
  let leaves = 0;
  excused.add(name);
  for (; performance.now() < until; leaves++) {
    // Half of them leave in order, half without a word.
    await (leaves % 2 === 0 ? system.stop(name) : system.kill(name));
    await system.start(name);
    await pause(everyMs);
  }
  excused.delete(name);
  return leaves;
}
