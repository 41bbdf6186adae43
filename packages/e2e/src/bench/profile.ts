import { once } from 'node:events';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Who spent how much of the profiled time, in shares of the time that was not idle; most first. */
export interface ProfileSummary {
  readonly byPackage: readonly (readonly [name: string, share: number])[];
  readonly byFunction: readonly (readonly [name: string, share: number])[];
}

/** Profiles a process through its debugger while some work is done. */
export async function profiled<T>(
  inspectorUrl: string,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly profile: ProfileSummary }> {
  const socket = new WebSocket(inspectorUrl);
  await once(socket, 'open');
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', (message) => {
    const { id, result } = JSON.parse(String(message.data)) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  const call = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await call('Profiler.enable');
  await call('Profiler.setSamplingInterval', { interval: 500 });
  await call('Profiler.start');
  const value = await work();
  const { profile } = (await call('Profiler.stop')) as { profile: CpuProfile };
  socket.close();
  return { value, profile: summarise(profile) };
}

function summarise({ nodes, samples, timeDeltas }: CpuProfile): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [packages, functions] = [new Map<string, number>(), new Map<string, number>()];
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const frame = byId.get(id)?.callFrame;
    const spent = timeDeltas[index] ?? 0;
    if (frame === undefined || frame.functionName === '(idle)') continue;
    busy += spent;
    const owner = ownerOf(frame);
    packages.set(owner, (packages.get(owner) ?? 0) + spent);
    const name = `${frame.functionName === '' ? '(anonymous)' : frame.functionName}  ${owner} ${frame.url.split('/').slice(-2).join('/')}:${String(frame.lineNumber + 1)}`;
    functions.set(name, (functions.get(name) ?? 0) + spent);
  }
  const ranked = (totals: ReadonlyMap<string, number>) =>
    [...totals].map(([name, spent]) => [name, spent / busy] as const).toSorted(([, left], [, right]) => right - left);
  return { byPackage: ranked(packages), byFunction: ranked(functions) };
}

/** An npm package, a folder of ours down to its room, or the runtime. */
function ownerOf({ url, functionName }: ProfileNode['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'node native';
  if (url.startsWith('node:')) return `node:${url.slice(5).split('/').slice(0, 2).join('/')}`;
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (dependency !== undefined) return dependency;
  return /\/((?:packages|subgraphs)\/[^/]+\/src\/[^/]+|gateway\/src\/[^/]+|prisma)/.exec(url)?.[1] ?? url;
}
