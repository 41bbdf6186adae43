import { Member } from './member.ts';
import { idIn, isNext, parseMessage } from './messages.ts';

type Payload = Readonly<Record<string, unknown>>;

/** A socket whose subscriptions come and go. Everything rejects when the server refuses a subscription or hangs up by itself. */
export interface Cycler {
  /** Subscribes and cancels in one breath, so often; resolves when the server has read all of it. */
  atOnce(subscribe: Payload, count: number): Promise<void>;
  /** Cancels when the server has read the subscriptions: before it has the answer of an owner who takes his time. */
  whileAsked(subscribe: Payload, count: number): Promise<void>;
  /** Cancels each subscription when it has had so many results. */
  afterResults(subscribe: Payload, count: number, results: number): Promise<void>;
  /** Subscribes, has the first result of each, then asks for a flood and stops reading. */
  fill(subscribe: readonly Payload[], flood: Payload, count: number): Promise<void>;
  /** Closes as the protocol says. */
  leave(): Promise<void>;
  /** Is gone from one moment to the next. */
  vanish(): Promise<void>;
}

/** Opens the socket and says who it is. */
export async function createCycler(port: number, init: Payload): Promise<Cycler> {
  let lastId = 0;
  let leaving = false;
  let pongs: (() => void)[] = [];
  const results = new Map<string, { left: number; reached(): void }>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const gone = Promise.withResolvers<void>();
  const acknowledged = Promise.withResolvers<void>();

  const member = new Member(0, port, {
    opened(self) {
      self.send({ type: 'connection_init', payload: init });
    },
    message(_, message) {
      if (isNext(message)) {
        count(idIn(message));
        return;
      }
      const { type } = parseMessage(message);
      if (type === 'connection_ack') acknowledged.resolve();
      else if (type === 'pong') pongs.shift()?.();
      else if (type !== 'ping') failed.reject(new Error(`a cycle got ${message.toString().slice(0, 300)}`));
    },
    closed(_, why) {
      gone.resolve();
      if (!leaving) failed.reject(new Error(`a socket of the churn was closed: ${why}`));
    },
  });

  function count(id: string): void {
    const awaited = results.get(id);
    if (awaited === undefined || --awaited.left > 0) return;
    results.delete(id);
    awaited.reached();
  }
  const orFailed = <T>(work: Promise<T>): Promise<T> => Promise.race([work, failed.promise]);
  const subscription = (payload: Payload) => ({ id: String(++lastId), type: 'subscribe', payload });
  const completion = ({ id }: { readonly id: string }) => ({ id, type: 'complete' });
  const many = (payload: Payload, size: number) => Array.from({ length: size }, () => subscription(payload));
  const hadResults = (id: string, left: number): Promise<void> =>
    new Promise<void>((reached) => {
      results.set(id, { left, reached });
    });
  /** The server has read everything before this. */
  const roundTrip = (): Promise<void> => {
    const pong = new Promise<void>((resolve) => pongs.push(resolve));
    member.send({ type: 'ping' });
    return orFailed(pong);
  };

  await orFailed(acknowledged.promise);
  return {
    async atOnce(subscribe, size) {
      member.send(...many(subscribe, size).flatMap((message) => [message, completion(message)]));
      await roundTrip();
    },
    async whileAsked(subscribe, size) {
      const messages = many(subscribe, size);
      member.send(...messages);
      await roundTrip();
      member.send(...messages.map(completion));
    },
    async afterResults(subscribe, size, wanted) {
      const messages = many(subscribe, size);
      const cancelled = messages.map(async (message) => {
        await hadResults(message.id, wanted);
        member.send(completion(message));
      });
      member.send(...messages);
      await orFailed(Promise.all(cancelled));
    },
    async fill(subscribe, flood, size) {
      const messages = Array.from({ length: size }, (_, index) => subscription(subscribe[index % subscribe.length] ?? {}));
      const first = messages.map(({ id }) => hadResults(id, 1));
      member.send(...messages);
      await orFailed(Promise.all(first));
      const flooded = subscription(flood);
      const begun = hadResults(flooded.id, 1);
      member.send(flooded);
      await orFailed(begun);
      leaving = true; // what is not read is not answered for
      member.pause();
    },
    async leave() {
      leaving = true;
      pongs = [];
      member.leave();
      await gone.promise;
    },
    async vanish() {
      leaving = true;
      member.drop();
      await gone.promise;
    },
  };
}
