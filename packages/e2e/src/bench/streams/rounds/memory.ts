import { createProgress } from '../../report/progress.ts';
import type { Guest } from '../crowd/gathering.ts';
import { restingRss } from '../memory-of.ts';
import type { Side } from '../stage.ts';

/** What connections cost a server, in bytes of resident memory. */
export interface MemoryStep {
  readonly connections: number;
  readonly perConnection: number;
}

/** Enough that everything has been used once, and few enough that what they leave behind does not house the others. */
const warmUp = 300;

/**
 * Lets clients in, in steps, and looks at the server's memory after each. They stay.
 *
 * @param onMessage is given a message of the server as soon as there is one.
 */
export async function measureMemory(
  { system, crowd }: Side,
  guests: readonly Guest[],
  steps: readonly number[],
  onMessage: (message: string) => void = () => undefined,
): Promise<readonly MemoryStep[]> {
  onMessage(await crowd.join(system.port, guests.slice(0, warmUp)));
  await crowd.keep(0);
  const empty = await restingRss(system.pid, system.inspector);
  const measured: MemoryStep[] = [];
  let there = 0;
  for (const connections of steps) {
    const title = `${system.title}: ${String(connections)} connections`;
    await crowd.join(system.port, guests.slice(there, connections), createProgress(title, connections - there));
    there = connections;
    const full = await restingRss(system.pid, system.inspector);
    measured.push({ connections, perConnection: (full - empty) / connections });
  }
  return measured;
}
