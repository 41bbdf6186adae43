import type { Logger } from '@tally/messaging';
import type { DeliverMails } from '../use-cases/deliver-mails.ts';

/*
 * The states of the worker. *Looking*: it delivers what is due, round after round, while rounds are full. *Idle*: nothing was due; a wake-up or the poll
 * makes it look again. *Pausing*: the mail server took nothing; after the pause, which no wake-up shortens, it tries a single mail, and a longer
 * pause follows if that fails, too. *Stopping*: it begins no round and lets the one at hand end.
 */

/** A running worker. Disposal waits for the round at hand. */
export interface MailWorker extends AsyncDisposable {
  /** Something is due. Only shortens the wait for the poll. */
  wake(): void;
}

export interface MailWorkerOptions {
  readonly deliverMails: DeliverMails;
  /** Mails at once. */
  readonly concurrency: number;
  /** How often it looks without being woken, in milliseconds. */
  readonly pollMs: number;
  /** How long to pause after so many rounds, 1 or more, in which the server took nothing; in milliseconds. */
  readonly pauseMs: (rounds: number) => number;
  readonly onPause: (pauseMs: number) => void;
  readonly logger: Logger;
}

/** Starts the worker that sends mails. */
export function startMailWorker({ deliverMails, concurrency, pollMs, pauseMs, onPause, logger }: MailWorkerOptions): MailWorker {
  let stopping = false;
  let rung = true;
  let roundsAway = 0;
  let end: (() => void) | undefined;

  /** Ends early with a ring, or, while pausing, with the stop alone. */
  const wait = async (milliseconds: number): Promise<void> => {
    if (stopping || (rung && roundsAway === 0)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    end = undefined;
  };

  async function round(): Promise<void> {
    const limit = roundsAway === 0 ? concurrency : 1;
    try {
      const { claimed, serverAway } = await deliverMails(limit);
      if (claimed === limit && !serverAway) rung = true;
      if (claimed > 0) roundsAway = serverAway ? roundsAway + 1 : 0;
    } catch (error) {
      logger.warn({ err: error, worker: 'deliver-mails' }, 'a round failed; what it held is taken up again after its lease');
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      const pause = roundsAway === 0 ? pollMs : pauseMs(roundsAway);
      if (roundsAway > 0) onPause(pause);
      await wait(pause);
      rung = false;
      if (!stopping) await round();
    }
  }
  const running = run();

  return {
    wake() {
      rung = true;
      if (roundsAway === 0) end?.();
    },
    async [Symbol.asyncDispose]() {
      stopping = true;
      end?.();
      await running;
    },
  };
}
