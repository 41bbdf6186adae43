// npm run start:distributed [-- --gateways 2 --split --workers 2 --json]
import { join } from 'node:path';
import { examplePages, openFoundation, readEmbeddedConfig } from '@tally/embedded';
import { assertPortFree, createLogger, runApp } from '@tally/runtime';
import { demoAccounts } from '../../../prisma/seed/seed.ts';
import { accountable } from './accountable.ts';
import { onFreePorts } from './free-port.ts';
import { toText } from './log-line.ts';
import { connectionsOf } from './connections.ts';
import { parseOptions, usage, type Options } from './options.ts';
import { createPrinter } from './printer.ts';
import { startDistributed } from './start-distributed.ts';
import { layOut, type ProcessSpec } from './system.ts';
import { redisUrlOf } from './redis-url.ts';
import { readyText, seconds, standIns, stoppedText } from './terminal.ts';

/** A log that is away delays the start by this, and nothing else. */
const catchUpMs = 60_000;

const parsed = parseOptions(process.argv.slice(2));
if (parsed.ok) await run(parsed.options);
else {
  process.stderr.write(`start:distributed: ${parsed.problem}: ${usage}\n`);
  process.exitCode = 2;
}

async function run(options: Options): Promise<void> {
  // The terminal was closed: nobody reads, and the processes still have to be stopped.
  process.stdout.on('error', () => undefined);
  await runApp({
    name: 'tally',
    environment: { ...process.env, LOG_LEVEL: 'warn' },
    start: () => start(options),
    shutdownMs: 600_000, // each process has 25 s, and many stop one after the other
  });
}

async function start({ layout, json }: Options): Promise<AsyncDisposable> {
  const config = readEmbeddedConfig(process.env);
  const logLevel = process.env['LOG_LEVEL'] ?? 'info';
  const firstPorts = { gateway: config.port, metrics: config.metricsPort, simulator: config.simulatorPort };
  const planned = layOut(layout, firstPorts);
  const processes = Object.values(firstPorts).includes(0) ? await onFreePorts(planned) : planned;
  const print = createPrinter({
    names: ['supervisor', ...processes.map(({ name }) => name)],
    style: json ? 'json' : process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? 'coloured' : 'plain',
    write: (text) => process.stdout.write(text),
  });
  const say = (text: string): void => print('supervisor', text);
  await using stack = new AsyncDisposableStack();
  await assertPortsFree(processes, config.host);
  for (const line of standIns(config, layout.gateways)) say(line);
  const logger = createLogger({ service: 'supervisor', level: logLevel, write: (line) => print('supervisor', line.trimEnd()) });
  const foundation = stack.use(await openFoundation(config, { logger, progress: say, connections: connectionsOf(processes) }));
  say(`${String(processes.length)} processes`);
  const redis = config.redis === null ? null : { url: redisUrlOf(config.redis), prefix: config.redis.prefix };
  const pages = config.production ? [] : examplePages();
  const system = stack.use(
    await startDistributed(
      {
        ...config,
        ...foundation,
        keysFolder: join(foundation.keysFolder, 'processes'),
        redis,
        logLevel,
        processes,
        pages,
        ours: process.env,
      },
      {
        onLine: print,
        onReady: (name, tookMs) => say(`${name} is ready (${seconds(tookMs)})`),
        onUnaskedEnd(_, what, lastLines) {
          say(`${what}${lastLines.length === 0 ? '' : '. Its last lines:'}`);
          for (const line of lastLines) say(`  ${toText(line)}`);
        },
        onStopped: (stopped) => say(stoppedText(stopped)),
      },
    ),
  );
  say('projections');
  for (const behind of await system.caughtUp(catchUpMs)) say(`going on, although ${behind}`);
  const placed = system.processes.map((one) => ({ ...one, pid: system.pidOf(one.name) }));
  const accounts = config.production ? [] : demoAccounts;
  // Since the process began: loading the modules is part of the wait.
  if (json) say(`ready  ${system.urlOf('gateway')}/graphql`);
  else process.stdout.write(`\n${readyText(placed, { ms: performance.now(), accounts, tracker: pages.length > 0 })}`);
  stack.use(accountable(() => system.stop(), say));
  return stack.move();
}

async function assertPortsFree(processes: readonly ProcessSpec[], host: string): Promise<void> {
  for (const { port, metricsPort } of processes) {
    await assertPortFree({ port, host });
    if (metricsPort !== null) await assertPortFree({ port: metricsPort, host });
  }
}
