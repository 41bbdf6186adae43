/** Somebody whose steps the scheduler orders: a process, or the world outside all of them. */
export interface Actor {
  readonly name: string;
  /** By which the trace knows it. */
  readonly number: number;
  readonly alive: boolean;
  /** Waits for a turn; never resolves once the actor is dead. */
  readonly turn: () => Promise<void>;
  /** Waits for so many milliseconds of virtual time, then for a turn. */
  sleep(milliseconds: number): Promise<void>;
  /** Calls `act` in a turn of this actor after so many milliseconds; what is returned prevents it. */
  after(milliseconds: number, act: () => void): () => void;
  /** Calls `act` in a turn of this actor. */
  enter(act: () => void): void;
}

/** What an actor needs of whoever orders the turns. */
interface Order {
  runsOn(actor: OrderedActor): boolean;
  push(actor: OrderedActor, go: () => void): void;
  after(actor: OrderedActor, milliseconds: number, act: () => void): () => void;
}

/** An actor of some turns. */
export class OrderedActor implements Actor {
  readonly name: string;
  readonly number: number;
  alive = true;
  /** Virtual time until which it stands still. */
  frozenUntilMs = 0;
  /** How readily it takes the turn it is offered, above 0 up to 1. */
  eagerness = 1;
  readonly #turns: Order;

  constructor(turns: Order, name: string, number: number) {
    this.#turns = turns;
    this.name = name;
    this.number = number;
  }

  turn = (): Promise<void> => {
    if (this.alive && this.#turns.runsOn(this)) return atOnce;
    return new Promise((resolve) => {
      if (this.alive) this.#turns.push(this, resolve);
    });
  };

  sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (this.alive) this.#turns.after(this, milliseconds, resolve);
    });

  after = (milliseconds: number, act: () => void): (() => void) => (this.alive ? this.#turns.after(this, milliseconds, act) : nothing);

  enter = (act: () => void): void => {
    if (this.alive) this.#turns.push(this, act);
  };
}

const atOnce = Promise.resolve();
const nothing = (): void => undefined;
