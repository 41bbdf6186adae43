import { once } from 'node:events';

/** The debugger of another Node process. */
export interface Debugger extends Disposable {
  readonly url: string;
  /** Collects garbage until nothing more is to be had. */
  collectGarbage(): Promise<void>;
  /** Bytes of the JavaScript heap that are in use. */
  heapBytes(): Promise<number>;
}

/** @see https://chromedevtools.github.io/devtools-protocol/v8/ */
export async function openDebugger(url: string): Promise<Debugger> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', (message) => {
    const { id, result } = JSON.parse(String(message.data)) as { id?: number; result?: unknown };
    if (id === undefined) return;
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let last = 0;
  const call = (method: string): Promise<unknown> =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method }));
    });
  return {
    url,
    async collectGarbage() {
      await call('HeapProfiler.collectGarbage');
      await call('HeapProfiler.collectGarbage');
    },
    async heapBytes() {
      return ((await call('Runtime.getHeapUsage')) as { readonly usedSize: number }).usedSize;
    },
    [Symbol.dispose]() {
      socket.close();
    },
  };
}
