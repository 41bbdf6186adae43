// The control's own process: sends prepared statements with node-postgres and nothing else. Started by control/run-control.ts, spoken to over IPC.
import pg from 'pg';
import { closedLoop } from './measure/load.ts';
import type { FromDriver, Orders, Unit } from './control/unit.ts';

const tell = (message: FromDriver): void => void process.send?.(message);

process.once('message', (orders: Orders) => {
  run(orders).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function run({ databaseUrl, clients, warmUp, runs, units }: Orders): Promise<void> {
  const sessions = await Promise.all(
    Array.from({ length: clients }, async () => {
      const session = new pg.Client({ connectionString: databaseUrl });
      await session.connect();
      return session;
    }),
  );
  const send = async (number: number, client: number): Promise<void> => {
    const [session, unit] = [sessions[client], units[number % units.length]];
    if (session !== undefined && unit !== undefined) await execute(session, unit);
  };
  await closedLoop({ requests: warmUp, clients }, send);
  tell({ kind: 'warm' });
  await new Promise((resolve) => process.once('message', resolve));
  const { latenciesMs, elapsedMs } = await closedLoop({ requests: runs, clients }, (number, client) => send(warmUp + number, client));
  tell({ kind: 'done', latenciesMs, elapsedMs });
  await new Promise((resolve) => process.once('message', resolve));
  await Promise.all(sessions.map((session) => session.end()));
  process.disconnect();
}

async function execute(session: pg.Client, { statements, transaction }: Unit): Promise<void> {
  if (transaction) await session.query('BEGIN');
  for (const { name, text, values } of statements) await session.query({ name, text, values: [...values] });
  if (transaction) await session.query('COMMIT');
}
