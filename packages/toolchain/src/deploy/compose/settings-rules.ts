import { appsOf, isJob, withStandards, type ComposeFile } from './compose-file.ts';
import type { Finding } from './finding.ts';

/** How an app reads its settings: `read<App>Config`, which refuses what is wrong or missing. */
export type ReadSettings = (environment: Readonly<Record<string, string | undefined>>) => unknown;

// Node's own, and what `runApp` reads for every app.
const NOT_OF_A_SCHEMA = ['NODE_OPTIONS', 'NODE_ENV', 'LOG_LEVEL', 'UV_THREADPOOL_SIZE'];
const MOUNTED = '/run/secrets/';

/**
 * `known-settings`: an app has no variable that it does not read, so that a misspelt one is found. `required-settings`: it gets what it needs, and
 * nothing that it refuses.
 *
 * @param readers by service.
 * @param secrets folder whose files stand for those below `/run/secrets`.
 */
export function settingsFindings(file: ComposeFile, readers: Readonly<Record<string, ReadSettings>>, secrets: string): readonly Finding[] {
  return appsOf(file).flatMap(([name, service]) => {
    const read = readers[name];
    if (read === undefined) return [{ rule: 'known-settings', where: name, what: 'is no app whose settings are known' }];
    const environment = Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([key, value]) => [key, withStandards(String(value)).replace(MOUNTED, `${secrets}/`)]),
    );
    const { refusal, asked } = ask(read, environment);
    const unknown = Object.keys(environment).filter(
      (key) => !asked.has(key) && !NOT_OF_A_SCHEMA.includes(key) && !key.startsWith('SUBGRAPH_URL_'),
    );
    return [
      ...unknown.map((key) => ({ rule: 'known-settings', where: name, what: `${key} is no setting of ${name}` })),
      ...(refusal === null ? [] : [{ rule: 'required-settings', where: name, what: refusal }]),
    ];
  });
}

/** `required-settings` of the jobs: each finds its settings among the secrets that are mounted for it. */
export function jobFindings(file: ComposeFile, readers: Readonly<Record<string, ReadSettings>>, secrets: string): readonly Finding[] {
  const jobs = Object.entries(file.services).filter(([, service]) => isJob(service));
  return jobs.flatMap(([name, { secrets: mounted = [] }]) => {
    const read = readers[name];
    if (read === undefined) return [{ rule: 'required-settings', where: name, what: 'is no job whose settings are known' }];
    const variable = (secret: string): string => `${secret.toUpperCase().replaceAll('-', '_')}_FILE`;
    const { refusal } = ask(read, Object.fromEntries(mounted.map((secret) => [variable(secret), `${secrets}/${secret}`])));
    return refusal === null ? [] : [{ rule: 'required-settings', where: name, what: refusal }];
  });
}

/** Which variables an app asks for by name; walking over all of them is no question. */
function ask(
  read: ReadSettings,
  environment: Readonly<Record<string, string>>,
): { readonly refusal: string | null; readonly asked: ReadonlySet<string> } {
  const asked = new Set<string>();
  let walked: PropertyKey | null = null;
  const watched = new Proxy(environment, {
    getOwnPropertyDescriptor(target, key) {
      walked = key;
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    get(target, key) {
      if (typeof key === 'string' && key !== walked) asked.add(key);
      walked = null;
      return Reflect.get(target, key) as string | undefined;
    },
  });
  try {
    read(watched);
    return { refusal: null, asked };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error), asked };
  }
}
