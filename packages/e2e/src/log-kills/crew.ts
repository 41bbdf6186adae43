import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { startProcess, type AppProcess } from '@tally/distributed';
import type { Random } from '@tally/kernel';
import { atWork } from './programs/settings.ts';

/** What a process does: one writes, two are relays, of which one stands by, three are members of a group. */
export type Part = 'writer' | 'relay' | 'member';

/** A process that is started again whenever it has been killed. */
export interface Post {
  readonly name: string;
  readonly part: Part;
  readonly settings: unknown;
  /** Crash points and their highest count: some of its lives end at one of them by themselves. */
  readonly points?: readonly { readonly point: string; readonly mostHits: number }[];
}

/** An end by SIGKILL. */
export interface Death {
  readonly name: string;
  readonly part: Part;
  /** `moment`: somebody killed it; else the crash point at which it killed itself. */
  readonly where: string;
}

/** The processes of a trial, and somebody who starts them again, which is all that is done by hand. Disposal kills what still runs. */
export interface Crew extends AsyncDisposable {
  readonly deaths: readonly Death[];
  /** What ended otherwise than by SIGKILL, or with another code than 0 when it was asked to, in words. */
  readonly faults: readonly string[];
  /** Names of those that do their part at this moment. */
  readonly atWork: (part: Part) => readonly string[];
  /** The writer has written everything and has left. */
  readonly written: () => boolean;
  /** SIGKILL. */
  kill(name: string): void;
  /** From now on nobody dies at a crash point that has not been reached: those armed are started anew. */
  disarm(): void;
  /** SIGTERM to all. */
  stop(): Promise<void>;
}

interface Life {
  readonly process: AppProcess;
  readonly armed: string | null;
  atWork: boolean;
  /** How its end is meant. */
  meant: 'no' | 'killed' | 'stopped';
}

/** Of lives of a post that has points. */
const armedShare = 0.6;
const stopMs = 30_000;

const fileOf = (part: Part): string => `packages/e2e/src/log-kills/programs/${part}/main.ts`;

/**
 * Starts every post.
 *
 * @param folder exists; gets what each process prints.
 */
export function startCrew(posts: readonly Post[], { folder, random }: { readonly folder: string; readonly random: Random }): Crew {
  const lives = new Map<string, Life>();
  const files = new Map<string, WriteStream>();
  const deaths: Death[] = [];
  const faults: string[] = [];
  let [written, arming] = [false, true];

  function arm({ points = [] }: Post): string | null {
    const [first, ...others] = points;
    if (first === undefined || !arming || random.next() > armedShare) return null;
    const { point, mostHits } = random.pick([first, ...others]);
    return `${point}:${String(random.between(1, mostHits))}`;
  }

  function begin(post: Post): void {
    const armed = arm(post);
    const file = files.get(post.name) ?? createWriteStream(join(folder, `${post.name}.log`));
    files.set(post.name, file);
    const process_ = startProcess({
      file: fileOf(post.part),
      variables: { SETTINGS: JSON.stringify(post.settings), ...(armed === null ? {} : { CRASH_POINT: armed }) },
      ours: process.env,
      onOutput(_, text) {
        file.write(text);
        if (text.includes(atWork)) life.atWork = true;
      },
    });
    const life: Life = { process: process_, armed, atWork: false, meant: 'no' };
    lives.set(post.name, life);
    void process_.ended.then(({ code, signal }) => {
      life.atWork = false;
      if (life.meant === 'stopped') {
        if (code !== 0) faults.push(`${post.name} ended with ${String(code ?? signal)} when it was asked to stop`);
        return;
      }
      if (post.part === 'writer' && code === 0) {
        written = true;
        return;
      }
      if (signal !== 'SIGKILL') faults.push(`${post.name} ended by itself with ${String(code ?? signal)}`);
      else
        deaths.push({
          name: post.name,
          part: post.part,
          where: life.meant === 'killed' ? 'moment' : (armed ?? 'nowhere').replace(/:.*/, ''),
        });
      begin(post);
    });
  }

  const partOf = new Map(posts.map(({ name, part }) => [name, part]));
  const kill = (name: string): void => {
    const life = lives.get(name);
    if (life === undefined || life.process.exit() !== null) return;
    life.meant = 'killed';
    life.process.kill();
  };
  for (const post of posts) begin(post);
  return {
    deaths,
    faults,
    kill,
    written: () => written,
    atWork: (part) => [...lives].filter(([name, life]) => life.atWork && partOf.get(name) === part).map(([name]) => name),
    disarm() {
      arming = false;
      for (const [name, { armed }] of lives) if (armed !== null) kill(name);
    },
    async stop() {
      const running = [...lives.values()].filter((life) => life.process.exit() === null);
      for (const life of running) life.meant = 'stopped';
      await Promise.all(running.map((life) => life.process.stop(stopMs)));
    },
    async [Symbol.asyncDispose]() {
      for (const life of lives.values()) {
        life.meant = 'stopped';
        life.process.kill();
      }
      await Promise.all([...lives.values()].map(({ process: { ended } }) => ended));
      for (const file of files.values()) file.end();
    },
  };
}
