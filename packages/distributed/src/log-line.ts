/** A line that a process printed: an event of its log, or words. */
export type LogLine =
  | { readonly kind: 'event'; readonly time: string; readonly level: string; readonly message: string; readonly fields: readonly Field[] }
  | { readonly kind: 'words'; readonly text: string };

export type Field = readonly [name: string, value: string];

/** Longest value that is shown whole. */
const longestValue = 200;

/** Said elsewhere in the line, or of no use to somebody who reads along. */
const unsaid: readonly string[] = ['level', 'time', 'msg', 'service', 'part', 'span_id', 'pid', 'hostname'];

const troubling: readonly string[] = ['warn', 'error', 'fatal'];

/** What a line says to people: time of day, level, message and main fields; the trace only where something is wrong. Control characters are taken out. */
export function parseLogLine(line: string): LogLine {
  const event = eventOf(line);
  if (event === null) return { kind: 'words', text: printable(line) };
  const { time, level, msg } = event;
  const fields = Object.entries(event)
    .filter(([name]) => !unsaid.includes(name) && (name !== 'trace_id' || troubling.includes(level)))
    .map(([name, value]): Field => [name, shortened(textOf(value))]);
  return { kind: 'event', time: timeOfDay(time), level, message: printable(msg), fields };
}

/** What a line says, in one line without colours. */
export function toText(line: string): string {
  const said = parseLogLine(line);
  if (said.kind === 'words') return said.text;
  return [said.time, said.level, said.message, ...said.fields.map((field) => field.join('='))].join(' ');
}

/** The line as JSON with the name of its process in front, whatever it was. */
export function toJsonLine(name: string, line: string): string {
  return eventOf(line) === null
    ? JSON.stringify({ process: name, msg: line })
    : `{"process":${JSON.stringify(name)},${line.trim().slice(1)}`;
}

interface LogEvent {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
}

function eventOf(line: string): (LogEvent & Readonly<Record<string, unknown>>) | null {
  if (!line.startsWith('{')) return null;
  try {
    const { level, msg, time, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (typeof level !== 'string' || typeof msg !== 'string') return null;
    return { ...fields, level, msg, time: typeof time === 'string' ? time : '' };
  } catch {
    return null;
  }
}

/** In UTC, as the logs have it. */
const timeOfDay = (time: string): string => /T(\d\d:\d\d:\d\d\.\d{3})/.exec(time)?.[1] ?? ' '.repeat(12);

function textOf(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (isError(value)) return JSON.stringify(value.code === undefined ? value.message : `${value.message} (${value.code})`);
  return JSON.stringify(value) ?? String(value);
}

const isError = (value: unknown): value is { readonly message: string; readonly code?: string } =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';

const shortened = (text: string): string => printable(text.length > longestValue ? `${text.slice(0, longestValue)}…` : text);

/** What was logged came from anywhere: it must not move the cursor, nor forge a line. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ');
