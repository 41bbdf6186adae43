import type { PartName } from './find-parts.ts';

/** What somebody asked `npm run infra` for. */
export type Request =
  | { readonly command: 'serve' | 'check' | 'install'; readonly parts: readonly PartName[] }
  | {
      readonly command: 'run';
      readonly parts: readonly PartName[];
      /** Goes on with what can be had. */
      readonly available: boolean;
      readonly program: readonly [string, ...string[]];
    }
  | { readonly command: 'help' }
  | { readonly command: 'refused'; readonly problem: string };

export const usage = 'npm run infra -- [--redis] [--kafka] [check | install | run [--available] <command…>]';

export const help = `${usage}

Starts a real Redis and a real Kafka on free ports of this machine, without containers, and stops them on Ctrl-C.
Installs what is missing first, as install does.

  check       says what can be had here, and exits 1 when something is missing
  install     fetches Kafka into .infra (Java and Maven do it); as root on Debian or Ubuntu also installs what is missing
  run         starts them for one command, which finds them in REDIS_URL and KAFKA_BROKERS, and exits as it does;
              a variable that is set already is left as it is
  --available installs nothing: the command runs with what can be had; what is missing is named before and after it
  --redis, --kafka   only that one

With REQUIRE_INFRA=all --available is not heard.
`;

const ALL: readonly PartName[] = ['redis', 'kafka'];

/** Reads the command line; what follows the first word after `run` belongs to the command. */
export function readArguments(args: readonly string[]): Request {
  const parts: PartName[] = [];
  let command: 'serve' | 'check' | 'install' | 'run' = 'serve';
  let available = false;
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help' || arg === '-h') return { command: 'help' };
    if (arg === '--redis' || arg === '--kafka') parts.push(arg === '--redis' ? 'redis' : 'kafka');
    else if (arg === '--available' && command === 'run') available = true;
    else if (command === 'serve' && (arg === 'check' || arg === 'install' || arg === 'run')) command = arg;
    else if (command === 'run' && (arg === '--' || !arg.startsWith('-'))) {
      if (arg !== '--') rest.unshift(arg);
      break;
    } else return { command: 'refused', problem: `infra does not know ${arg}` };
  }
  const wanted = parts.length === 0 ? ALL : parts;
  if (command !== 'run') return { command, parts: wanted };
  const [program, ...itsArguments] = rest;
  if (program === undefined) return { command: 'refused', problem: 'infra has nothing to run' };
  return { command, parts: wanted, available, program: [program, ...itsArguments] };
}
