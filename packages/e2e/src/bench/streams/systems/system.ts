import type { Debugger } from '../debugger.ts';

/** Something that happens to a key; sequences rise by one. */
export interface Happening {
  readonly key: string;
  readonly sequence: number;
}

/** When something was sent on its way, and when that was durable, by the clock that all processes share. */
export interface Published {
  readonly sentAtMs: number;
  readonly committedAtMs: number;
}

/** A server that clients listen to: the gateway, or the control. */
export interface System extends AsyncDisposable {
  readonly title: string;
  readonly port: number;
  readonly pid: number;
  readonly inspector: Debugger;
  /** Tells what has happened, in this order. */
  publish(happenings: readonly Happening[]): Promise<Published>;
}
