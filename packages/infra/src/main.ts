// npm run infra [-- check | install | run <command…>] [--redis] [--kafka]
// What it says goes to standard error: standard output belongs to the variables, or to the command it runs.
import { StartupError } from '@tally/runtime';
import { help, readArguments, usage, type Request } from './arguments.ts';
import { readMachine } from './config.ts';
import { findParts, type PartName } from './find-parts.ts';
import { installParts } from './install.ts';
import { runProgram, SIGNALS } from './run-program.ts';
import { startInfra, VARIABLES, type LeftOut } from './start-infra.ts';

const everythingRequired = process.env['REQUIRE_INFRA'] === 'all';
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  process.exitCode = await obey(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  for (const line of error.message.split('\n')) say(`infra: ${line}`);
  process.exitCode = 1;
}

async function obey(request: Request): Promise<number> {
  switch (request.command) {
    case 'help':
      process.stdout.write(help);
      return 0;
    case 'refused':
      say(`${request.problem}; usage: ${usage}`);
      return 2;
    case 'check':
      return check(request.parts);
    case 'install':
      await installParts(readMachine(), request.parts, (what, tookMs) => say(`${what} installed in ${(tookMs / 1000).toFixed(1)} s`));
      return check(request.parts);
    case 'serve':
      return serve(request.parts);
    case 'run':
      return run(request);
  }
}

async function check(parts: readonly PartName[]): Promise<number> {
  const found = await findParts(readMachine());
  for (const part of parts) {
    const state = found[part];
    const where = state.found ? ('program' in state ? state.program : `${state.classPath} with ${state.java}`) : null;
    say(`${part.padEnd(5)} ${where ?? (state.found ? '' : `missing: ${state.missing}: ${state.remedy}`)}`);
  }
  return parts.every((part) => found[part].found) ? 0 : 1;
}

async function serve(parts: readonly PartName[]): Promise<number> {
  const signalled = firstSignal();
  await using infra = await startInfra({ parts, install: true, required: true, report: say });
  for (const [name, value] of Object.entries(infra.variables)) process.stdout.write(`export ${name}=${value}\n`);
  say('stop with Ctrl-C');
  await signalled;
  say('stopping');
  return 0;
}

async function run({ parts, available, program }: Request & { readonly command: 'run' }): Promise<number> {
  const wanted = parts.filter((part) => (process.env[VARIABLES[part]] ?? '') === '');
  const required = everythingRequired || !available;
  const interrupted = countSignals();
  await using infra = await startInfra({ parts: wanted, install: required, required, report: say });
  for (const { part, reason } of infra.missing) say(`no ${part}, its suites are skipped: ${reason}`);
  if (interrupted() > 0) return 130;
  try {
    return await runProgram(program, { ...process.env, ...infra.variables });
  } finally {
    remind(infra.missing);
  }
}

function remind(missing: readonly LeftOut[]): void {
  for (const { part, reason } of missing) say(`the suites of ${part} were skipped: ${reason.split('\n', 1)[0] ?? ''}`);
}

/** Keeps the process alive until then; later signals change nothing, the servers are stopping. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 3_600_000);
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
}

/** From now on signals are counted, and end nothing by themselves: servers are being started or stopped. */
function countSignals(): () => number {
  let count = 0;
  for (const signal of SIGNALS) process.on(signal, () => (count += 1));
  return () => count;
}
