import type { Problem } from './problem.ts';

/** How GitHub shows an annotation. */
export type Level = 'error' | 'warning' | 'notice';

/**
 * A line that GitHub shows beside the line of code it is about.
 *
 * @param where `file:line:column`, the file relative to the repository; `null`: about the run as a whole.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function toAnnotation(level: Level, title: string, { where, what }: Problem): string {
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(where ?? '') ?? [];
  const place = file === undefined ? [] : [`file=${property(file)}`, `line=${String(line)}`, `col=${String(column)}`];
  return `::${level} ${[...place, `title=${property(title)}`].join(',')}::${text(what)}`;
}

/** Whether this runs as a step of a GitHub workflow. */
export function inGitHub(env: NodeJS.ProcessEnv): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

const text = (value: string): string => value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (value: string): string => text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
