import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { monotonicMs } from '../monotonic.ts';
import { debuggerOf, startProgram } from '../program.ts';
import type { FromControl, ToControl } from './control-server.ts';
import type { System } from './system.ts';

/** A bare server of `ws` that does what the gateway is seen to do. */
export interface Control extends System {
  /** From now on clients get this message, with its own sequence each time. */
  say(message: string): void;
}

const file = fileURLToPath(new URL('./control-server.ts', import.meta.url));

export async function startControl(): Promise<Control> {
  await using stack = new AsyncDisposableStack();
  const program = stack.use(startProgram(file, { inspect: true, talks: true }));
  const { child } = program;
  const [{ port }] = (await Promise.race([once(child, 'message'), program.lost])) as [FromControl];
  const inspector = stack.use(await debuggerOf(program));
  const tell = (message: ToControl): void => void child.send(message);
  const owned = stack.move();
  return {
    title: 'bare ws',
    port,
    pid: program.pid,
    inspector,
    say(text) {
      tell({ kind: 'frame', text });
    },
    publish(happenings) {
      const sentAtMs = monotonicMs();
      tell({ kind: 'happened', happenings });
      return Promise.resolve({ sentAtMs, committedAtMs: sentAtMs });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
