import { fileURLToPath } from 'node:url';
import { startProgram, type Program } from '../program.ts';
import type { ChurnOrder } from './churn.ts';
import type { Guest, Heard } from './gathering.ts';
import type { FromCrowd, ToCrowd } from './program.ts';

/** Clients in a process of their own. Everything rejects when one of them is refused or sent away. */
export interface Crowd extends AsyncDisposable {
  readonly pid: number;
  /** Lets more members in, each with one subscription, and resolves when each has had its first event. @returns one of these messages. */
  join(port: number, guests: readonly Guest[], onProgress?: (joined: number) => void): Promise<string>;
  /** Resolves when the clients listen; `heard` then, when so many events have come, or at the end of the patience with those that have. */
  listen(events: number, patienceMs: number): Promise<{ readonly heard: Promise<Heard> }>;
  /** Sends all members but so many away. */
  keep(members: number): Promise<void>;
  churn(order: ChurnOrder, onProgress: (cycles: number) => void): Promise<void>;
}

const file = fileURLToPath(new URL('./program.ts', import.meta.url));

export function startCrowd(): Crowd {
  const program: Program = startProgram(file, { talks: true });
  const { child } = program;
  const waiting = new Map<FromCrowd['kind'], (message: FromCrowd) => void>();
  child.on('message', (message: FromCrowd) => waiting.get(message.kind)?.(message));
  const tell = (order: ToCrowd): void => void child.send(order);
  const answer = <Kind extends FromCrowd['kind']>(kind: Kind): Promise<Extract<FromCrowd, { kind: Kind }>> =>
    Promise.race([
      new Promise<Extract<FromCrowd, { kind: Kind }>>((resolve) => {
        waiting.set(kind, resolve as (message: FromCrowd) => void);
      }),
      program.lost,
    ]);
  const reporting = (onProgress: (done: number) => void): void =>
    void waiting.set('progress', (message) => {
      if (message.kind === 'progress') onProgress(message.done);
    });
  return {
    pid: program.pid,
    async join(port, guests, onProgress = () => undefined) {
      reporting(onProgress);
      const joined = answer('joined');
      tell({ kind: 'join', port, guests });
      return (await joined).sample;
    },
    async listen(events, patienceMs) {
      const [listening, heard] = [answer('listening'), answer('heard')];
      tell({ kind: 'listen', events, patienceMs });
      await listening;
      heard.catch(() => undefined);
      return { heard: heard.then((message) => message.heard) };
    },
    async keep(members) {
      const kept = answer('kept');
      tell({ kind: 'keep', members });
      await kept;
    },
    async churn(order, onProgress) {
      reporting(onProgress);
      const churned = answer('churned');
      tell({ kind: 'churn', order });
      await churned;
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
