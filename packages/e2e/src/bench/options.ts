import { parseArgs } from 'node:util';

/** What a bench was asked for. */
export interface BenchOptions {
  /** Fail where a limit or a committed ceiling is passed. */
  readonly check: boolean;
  /** Write what was measured, and a margin, as the new ceilings. */
  readonly commitCeilings: boolean;
  /** Count of each row, as a share of the real one; for trying the bench itself. */
  readonly scale: number;
  /** Also print where CPU goes and which statements run. */
  readonly profile: boolean;
}

const describe = (command: string, what: string): string => `npm run ${command} -- [--check] [--commit-ceilings] [--scale 0.1] [--profile]

${what}

  --check             exit 1 where a limit or a committed ceiling is passed
  --commit-ceilings   write what was measured × 1.15 as the committed ceilings
  --scale <share>     only a share of the requests, to try the bench itself
  --profile           also print where the platform's CPU goes and its most frequent statements; slows the platform down
  --help              this text

Exit code 0: done, and within limits with --check. 1: a limit was passed, or there is no result.`;

/**
 * Reads the command line; prints help or what is wrong and returns `null` where there is nothing to run.
 *
 * @param command name of the npm script.
 * @param what the bench does, a sentence or two.
 */
export function readOptions(command: string, what: string): BenchOptions | null {
  const help = describe(command, what);
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        'commit-ceilings': { type: 'boolean', default: false },
        scale: { type: 'string', default: '1' },
        profile: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const scale = Number(values.scale);
    if (!(scale > 0 && scale <= 1)) throw new Error(`--scale takes a share such as 0.1, not ${values.scale}`);
    if (values.profile && (values.check || values['commit-ceilings']))
      throw new Error('--profile slows the platform down: figures taken with it are not checked');
    if (values['commit-ceilings'] && scale < 1) throw new Error('--commit-ceilings needs the whole bench, without --scale');
    if (values.help) console.log(help);
    return values.help ? null : { check: values.check, commitCeilings: values['commit-ceilings'], scale, profile: values.profile };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exitCode = 1;
    return null;
  }
}
