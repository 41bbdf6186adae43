import { Member, type MemberEvents } from './member.ts';
import { isNext, parseMessage, sequenceIn } from './messages.ts';

/** What a member says at the door, and what it asks to be told. */
export interface Guest {
  readonly init: Readonly<Record<string, unknown>>;
  readonly subscribe: Readonly<Record<string, unknown>>;
}

/** What was heard: arrays of the same length, in the order of arrival. */
export interface Heard {
  readonly member: Int32Array;
  readonly sequence: Int32Array;
  readonly atMs: Float64Array;
}

/** Members that stay, with one subscription each. */
export interface Gathering {
  readonly size: number;
  /** Lets more in and resolves when each has had its first event. @returns one of these, as text. */
  join(port: number, guests: readonly Guest[], onProgress: (joined: number) => void): Promise<string>;
  /** Notes the next events; resolves when so many have come, or at the end of the patience with those that have. */
  listen(events: number, patienceMs: number): Promise<Heard>;
  /** Sends all from this one on away. */
  keep(members: number): Promise<void>;
}

const handshakesAtOnce = 64;

/** @param onFailure a member was refused, or sent away. */
export function createGathering(onFailure: (why: string) => void): Gathering {
  const members: Member[] = [];
  const waiting = new Map<number, { readonly guest: Guest; joined(sample: string): void }>();
  let leaving: { left: number; done(): void } | null = null;
  let listening: { heard: Heard; count: number; done(): void } | null = null;

  const events: MemberEvents = {
    opened(member) {
      member.send({ type: 'connection_init', payload: waiting.get(member.index)?.guest.init });
    },
    message(member, message, atMs) {
      if (isNext(message)) {
        if (waiting.size > 0) admit(member, message);
        if (listening !== null) note(listening, member.index, message, atMs);
        return;
      }
      const { type } = parseMessage(message);
      if (type === 'connection_ack') {
        member.send({ id: '1', type: 'subscribe', payload: waiting.get(member.index)?.guest.subscribe });
      } else if (type !== 'ping' && type !== 'pong') {
        onFailure(`member ${String(member.index)} got ${message.toString().slice(0, 300)}`);
      }
    },
    closed(member, why) {
      if (leaving === null) onFailure(`member ${String(member.index)} was sent away: ${why}`);
      else if (--leaving.left === 0) leaving.done();
    },
  };

  function admit(member: Member, message: Buffer): void {
    const guest = waiting.get(member.index);
    waiting.delete(member.index);
    guest?.joined(message.toString());
  }

  function note(open: NonNullable<typeof listening>, member: number, message: Buffer, atMs: number): void {
    const { heard, count } = open;
    if (count >= heard.member.length) return;
    heard.member[count] = member;
    heard.sequence[count] = sequenceIn(message);
    heard.atMs[count] = atMs;
    open.count += 1;
    if (open.count === heard.member.length) open.done();
  }

  return {
    get size() {
      return members.length;
    },
    async join(port, guests, onProgress) {
      const queue = guests.values();
      let joined = 0;
      let sample = '';
      const usher = async (): Promise<void> => {
        for (const guest of queue) {
          sample = await new Promise<string>((resolve) => {
            const index = members.length;
            waiting.set(index, { guest, joined: resolve });
            members.push(new Member(index, port, events));
          });
          onProgress(++joined);
        }
      };
      await Promise.all(Array.from({ length: handshakesAtOnce }, usher));
      return sample;
    },
    async listen(count, patienceMs) {
      const heard = { member: new Int32Array(count), sequence: new Int32Array(count), atMs: new Float64Array(count) };
      let open: NonNullable<typeof listening> | null = null;
      let overdue: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        open = listening = { heard, count: 0, done: resolve };
        overdue = setTimeout(resolve, patienceMs);
      });
      clearTimeout(overdue);
      const came = (open as { count: number } | null)?.count ?? 0;
      listening = null;
      return { member: heard.member.slice(0, came), sequence: heard.sequence.slice(0, came), atMs: heard.atMs.slice(0, came) };
    },
    async keep(stay) {
      const gone = members.splice(stay);
      if (gone.length === 0) return;
      await new Promise<void>((resolve) => {
        leaving = { left: gone.length, done: resolve };
        for (const member of gone) member.leave();
      });
      leaving = null;
    },
  };
}
