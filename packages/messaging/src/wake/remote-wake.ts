import type pg from 'pg';
import { closeConnection, openConnection } from '../connection.ts';
import type { Logger } from '../logger.ts';
import { createBell, jitteredPauseMs, settlesWithin } from '../waiting.ts';

/** One connection that listens and notifies. States: away (connecting, what is told is dropped), connected, closed. */
export interface RemoteWake {
  readonly connected: boolean;
  /** Tells the other processes; many calls become one statement. Dropped while away: they poll. */
  tell(subject: string | null): void;
  close(): Promise<void>;
}

/** Connects in the background; resolves after the first attempt or one second. */
export async function connectRemoteWake(options: {
  readonly databaseUrl: string;
  readonly channel: string;
  readonly logger: Logger;
  readonly heard: (subject: string | null) => void;
}): Promise<RemoteWake> {
  const { databaseUrl, channel, logger, heard } = options;
  const bell = createBell();
  const untold = new Set<string>();
  let client: pg.Client | null = null;
  let closed = false;

  const connect = async (): Promise<pg.Client> => {
    const fresh = await openConnection(databaseUrl, `wake ${channel}`);
    fresh.once('end', () => bell.ring());
    const own = (await fresh.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    fresh.on('notification', ({ processId, payload }) => {
      // What this process told, its own listeners heard already.
      if (processId !== own) heard(payload === undefined || payload === '' ? null : payload);
    });
    await fresh.query(`LISTEN "${channel.replaceAll('"', '""')}"`);
    return fresh;
  };

  const tellAll = async (connected: pg.Client): Promise<void> => {
    const subjects = [...untold];
    untold.clear();
    // One statement, one commit, whatever the number; with none it asks whether the connection still lives.
    await connected.query({
      name: 'wake',
      text: 'SELECT pg_notify($1, subject) FROM unnest($2::text[]) AS subject',
      values: [channel, subjects],
    });
  };

  const stayConnected = async (first: () => void): Promise<void> => {
    for (let failures = 0; !closed;) {
      let connected: pg.Client | undefined;
      let alive = true;
      try {
        connected = await connect();
        connected.once('end', () => (alive = false));
        client = connected;
        first();
        heard(null);
        for (failures = 0; alive && !closed; await bell.wait(30_000)) await tellAll(connected);
        if (!closed) throw new Error('the connection ended');
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ err: error, channel }, 'wake-ups of other processes are lost for now, polling goes on');
      }
      client = null;
      untold.clear();
      first();
      if (connected !== undefined) await closeConnection(connected);
      if (!closed) await bell.wait(100 + jitteredPauseMs(Math.max(1, failures), 100, 5000));
    }
  };

  let running: Promise<void> = Promise.resolve();
  const attempted = new Promise<void>((resolve) => {
    running = stayConnected(resolve);
  });
  await settlesWithin(attempted, 1000);

  return {
    get connected() {
      return client !== null;
    },
    tell(subject) {
      if (client === null) return;
      untold.add(subject ?? '');
      bell.ring();
    },
    async close() {
      closed = true;
      bell.ring();
      await settlesWithin(running, 2000);
    },
  };
}
