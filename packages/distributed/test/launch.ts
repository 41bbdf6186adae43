import { freePort } from '../src/free-port.ts';
import type { Launch } from '../src/supervisor.ts';

/** What `program/main.ts` does. */
export type Behaviour = 'obeys' | 'ignores signals' | 'fails to start' | 'is never ready';

/** A launch of `program/main.ts` on a free port. */
export async function aLaunch(name: string, behaviour: Behaviour = 'obeys'): Promise<Launch & { readonly url: string }> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  return {
    name,
    file: 'packages/distributed/test/program/main.ts',
    variables: { NAME: name, BEHAVIOUR: behaviour, PORT: port },
    readyUrl: `${url}/health/ready`,
    url,
  };
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
