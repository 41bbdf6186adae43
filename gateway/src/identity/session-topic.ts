import { readFileSync } from 'node:fs';
import { StartupError } from '@tally/runtime';
import { z } from 'zod';

/** The topic that tells of sessions, and which records end one: type of the record, and the path in its data where the session's id (`sid`) stands. */
export interface SessionTopic {
  readonly topic: string;
  readonly ended: Readonly<Record<string, string>>;
}

const shape = z.strictObject({ topic: z.string().min(1), ended: z.record(z.string(), z.string().min(1)) });

const form = `{ "topic": …, "ended": { "<type>": "<path of the session's id>" } }`;

/** @throws {StartupError} the file cannot be read, or says something else. */
export function loadSessionTopic(path: string): SessionTopic {
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new StartupError(`SESSIONS_PATH: ${path} is not of the form ${form}`, { cause });
  }
}
