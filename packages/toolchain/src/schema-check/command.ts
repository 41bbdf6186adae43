import { parseArgs } from 'node:util';
import { inGitHub, toAnnotation } from '../compose/annotation.ts';
import { toLine, type Problem } from '../compose/problem.ts';
import { checkSchema } from './check-schema.ts';
import { CouldNotCheckError } from './could-not-check.ts';
import { isOk, type Report } from './report.ts';
import { toAnnotations } from './to-annotations.ts';
import { toJson } from './to-json.ts';
import { toTable } from './to-table.ts';

/** Where the command runs. */
export interface Surroundings {
  /** The repository. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly colour: boolean;
  readonly now: Date;
}

/** How it ends: 0, nobody is broken; 1, somebody is; 2, there is no telling. Each text is a line, or several. */
export interface Ending {
  readonly code: 0 | 1 | 2;
  readonly printed: readonly string[];
  readonly complaints: readonly string[];
}

const FORMATS = ['table', 'json', 'github'];

/** `npm run schema:check` with these arguments. */
export async function schemaCheck(args: readonly string[], { folder, env, colour, now }: Surroundings): Promise<Ending> {
  try {
    const { against, operations, strict, format } = parseArgs({
      args: [...args],
      options: {
        against: { type: 'string' },
        operations: { type: 'string', multiple: true, default: [] },
        strict: { type: 'boolean', default: false },
        format: { type: 'string', default: inGitHub(env) ? 'github' : 'table' },
      },
    }).values;
    if (!FORMATS.includes(format)) throw new CouldNotCheckError(`--format ${format}: one of ${FORMATS.join(', ')}`);
    const checked = await checkSchema({ folder, against: against ?? null, operations, strict, now });
    return checked.ok ? told(checked.report, format, colour) : givenUp(checked.problems, env);
  } catch (error) {
    return givenUp([{ where: null, what: `schema:check: ${reasonOf(error)}` }], env);
  }
}

function told(report: Report, format: string, colour: boolean): Ending {
  const said = format === 'json' ? toJson(report) : toTable(report, colour);
  const annotations = format === 'github' ? toAnnotations(report) : [];
  return { code: isOk(report) ? 0 : 1, printed: [said, ...annotations], complaints: [] };
}

function givenUp(problems: readonly Problem[], env: NodeJS.ProcessEnv): Ending {
  const annotations = inGitHub(env) ? problems.map((problem) => toAnnotation('error', 'schema check', problem)) : [];
  return { code: 2, printed: annotations, complaints: problems.map(toLine) };
}

// What nobody foresaw keeps its stack.
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isForeseen = error instanceof CouldNotCheckError || ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  return (isForeseen ? error.message.split('\n')[0] : error.stack) ?? error.message;
}
