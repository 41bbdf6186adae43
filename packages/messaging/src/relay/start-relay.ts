import type pg from 'pg';
import { closeConnection, openConnection, withSessionSettings } from '../connection.ts';
import type { EventLog } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import type { WakeChannel } from '../wake-channel.ts';
import { createBell, jitteredPauseMs, pause, settlesWithin } from '../waiting.ts';
import { outboxRowsOnPg, readHealth, removePublished, type OutboxHealth } from './outbox-rows.ts';
import { relayPass, type OutboxRows, type Passed } from './pass.ts';
import { createRelayMetrics } from './relay-metrics.ts';

/**
 * States of a relay. `away`: no connection to its database. `standby`: another process holds the lock. `active`: at work. `waiting`: active, but the
 * event log does not answer. `closed`: disposed of.
 */
export type RelayStatus = 'away' | 'standby' | 'active' | 'waiting' | 'closed';

/** A running relay. Disposal empties what is there, marks, unlocks; 5 s at most. */
export interface Relay extends AsyncDisposable {
  /** Everything that was committed to the outbox when this was called is in the log, parked keys aside. Rejects when the relay closes first. */
  drained(): Promise<void>;
  readonly status: RelayStatus;
}

/** Settings of a relay. */
export interface RelayOptions {
  /** As the app role of the outbox's owner; a direct connection, not a transaction pooler: the lock belongs to the session. */
  readonly databaseUrl: string;
  /** Name of the outbox, for example `orders`: one relay of a name and database is active at a time. */
  readonly name: string;
  readonly log: EventLog;
  /** Signalled after each commit that wrote outbox rows. */
  readonly wake: WakeChannel;
  readonly logger: Logger;
  /** Milliseconds after which it looks without a wake-up; default 250. */
  readonly pollMs?: number;
  /** Rows per batch, 1 to 1,000; default 200. */
  readonly batch?: number;
}

const lockTries = { name: 'relay_lock', text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked' };
/**
 * The few open rows are found through their own index, in its order. Bitmap scans read all of it and leave dead entries behind, which this table makes
 * with every row.
 */
const sessionSettings = '-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';
const drainMs = 5000;
const removalEveryMs = 600_000;

/**
 * Starts the relay of one outbox: rows go to the log in the order of their ids and are marked afterwards. A crash in between repeats records, never
 * swaps them. Resolves at once, connects in the background.
 *
 * @see docs/reliability.md, outbox.
 */
export async function startRelay({ databaseUrl, name, log, wake, logger, pollMs = 250, batch = 200 }: RelayOptions): Promise<Relay> {
  const bell = createBell();
  const closing = new AbortController();
  let waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let status: RelayStatus = 'away';
  let closeByMs = Infinity;

  // One statement at a time: the gauges use the same connection as the loop.
  let last: Promise<unknown> = Promise.resolve();
  let current: pg.Client | null = null;
  const ask = <T>(client: pg.Client, question: (client: pg.Client) => Promise<T>): Promise<T> => {
    const answer = last.then(() => question(client));
    last = answer.catch(() => undefined);
    return answer;
  };
  const rowsOf = (client: pg.Client): OutboxRows => outboxRowsOnPg((question) => ask(client, question));
  const health = async (): Promise<OutboxHealth | null> => (current === null ? null : ask(current, readHealth).catch(() => null));
  const metrics = createRelayMetrics(name, () => status === 'active' || status === 'waiting', health);

  /** Publishes one batch, and tells those who wait for an empty outbox. */
  const pass = async (client: pg.Client): Promise<Passed> => {
    const asked = waiting;
    const passed = await relayPass({
      ...{ log, batch, outbox: name, logger, published: metrics.published },
      rows: rowsOf(client),
    });
    if (passed.found < batch && passed.settled) {
      waiting = waiting.filter((one) => !asked.includes(one));
      for (const { resolve } of asked) resolve();
    }
    return passed;
  };

  const lead = async (client: pg.Client, alive: { readonly now: boolean }): Promise<void> => {
    let removeFrom = '0';
    let removeAtMs = performance.now() + removalEveryMs / 10;
    for (let failures = 0; alive.now;) {
      try {
        const { found, settled } = await pass(client);
        failures = 0;
        status = 'active';
        if (closing.signal.aborted && (found === 0 || performance.now() > closeByMs)) return;
        if (found === batch && settled) continue;
        if (performance.now() > removeAtMs) {
          const through = await ask(client, (connected) => removePublished(connected, removeFrom));
          removeFrom = through ?? '0';
          removeAtMs = performance.now() + (through === null ? removalEveryMs : pollMs);
        }
        if (!closing.signal.aborted) await bell.wait(settled ? pollMs : pollMs + jitteredPauseMs(1, pollMs, pollMs));
      } catch (error) {
        if (
          !alive.now ||
          (await ask(client, (connected) => connected.query('SELECT 1')).then(
            () => false,
            () => true,
          ))
        )
          throw error;
        failures += 1;
        status = 'waiting';
        if (failures === 1) logger.warn({ err: error, outbox: name }, 'the event log does not take records, the outbox keeps them');
        if (closing.signal.aborted) return;
        await pause(50 + jitteredPauseMs(failures, 100, 5000), closing.signal);
      }
    }
  };

  const stand = async (client: pg.Client): Promise<boolean> => {
    for (;;) {
      const { rows } = await ask(client, (connected) => connected.query<{ locked: boolean }>({ ...lockTries, values: [`relay ${name}`] }));
      if (rows[0]?.locked === true) return true;
      if (closing.signal.aborted) return false;
      status = 'standby';
      const asked = waiting;
      if (asked.length > 0 && (await rowsOf(client).readUnpublished(1)).length === 0) {
        waiting = waiting.filter((one) => !asked.includes(one));
        for (const { resolve } of asked) resolve();
      }
      await (waiting.length > 0 ? bell.wait(pollMs) : pause(pollMs * 4, closing.signal));
    }
  };

  const run = async (): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted;) {
      let client: pg.Client | undefined;
      const alive = { now: true };
      try {
        client = await openConnection(withSessionSettings(databaseUrl, sessionSettings), `relay ${name}`);
        client.once('end', () => {
          alive.now = false;
          bell.ring();
        });
        current = client;
        failures = 0;
        if (await stand(client)) await lead(client, alive);
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ err: error, outbox: name }, 'the relay lost its database, trying on');
      }
      current = null;
      status = 'away';
      if (client !== undefined) await closeConnection(client);
      if (!closing.signal.aborted) await pause(50 + jitteredPauseMs(Math.max(1, failures), 100, 5000), closing.signal);
    }
  };

  const listening = wake.listen(() => bell.ring());
  const running = run();
  return {
    drained() {
      if (closing.signal.aborted) return Promise.reject(new Error(`the relay of ${name} is closed`));
      const drained = Promise.withResolvers<void>();
      waiting = [...waiting, drained];
      bell.ring();
      return drained.promise;
    },
    get status() {
      return status;
    },
    async [Symbol.asyncDispose]() {
      closeByMs = performance.now() + drainMs;
      closing.abort();
      listening[Symbol.dispose]();
      bell.ring();
      if (!(await settlesWithin(running, drainMs + 2000)) && current !== null) await closeConnection(current);
      status = 'closed';
      metrics[Symbol.dispose]();
      for (const { reject } of waiting) reject(new Error(`the relay of ${name} closed before its outbox was empty`));
      waiting = [];
    },
  };
}
