import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { readMachine, type Machine } from './config.ts';
import { hasJars, jarsFolder, JAVA_VERSION, KAFKA_VERSION } from './kafka-jars.ts';

/** What this package can bring up. */
export type PartName = 'redis' | 'kafka';

/** Why something cannot be had here, and how it can: two halves of one line. */
export interface Missing {
  readonly found: false;
  readonly missing: string;
  readonly remedy: string;
}

/** The program of Redis. */
export type FoundRedis = { readonly found: true; readonly program: string } | Missing;

/** A Java and the jars of the broker. */
export type FoundKafka = { readonly found: true; readonly java: string; readonly classPath: string } | Missing;

/** What can be had on a machine. */
export interface Parts {
  readonly redis: FoundRedis;
  readonly kafka: FoundKafka;
}

/** Looks for both parts; starts nothing and fetches nothing. */
export async function findParts(machine: Machine = readMachine()): Promise<Parts> {
  const [redis, kafka] = await Promise.all([findRedis(machine), findKafka(machine)]);
  return { redis, kafka };
}

const INSTALL = 'run "npm run infra -- install"';
const ALSO_INSTALLS = `${INSTALL} as root on Debian or Ubuntu`;

/** Looks for redis-server on the path. */
export async function findRedis({ path }: Machine): Promise<FoundRedis> {
  const program = await findProgram('redis-server', path);
  if (program !== null) return { found: true, program };
  return { found: false, missing: 'no redis-server on the PATH', remedy: `install Redis, or ${ALSO_INSTALLS}` };
}

/** Looks for Java and the jars. */
export async function findKafka(machine: Machine): Promise<FoundKafka> {
  const java = await findJava(machine);
  if (!java.found) return java;
  if (await hasJars(machine.store)) return { ...java, classPath: join(jarsFolder(machine.store), '*') };
  const missing = `no Kafka ${KAFKA_VERSION} in .infra`;
  if ((await findProgram('mvn', machine.path)) !== null) return { found: false, missing, remedy: INSTALL };
  return {
    found: false,
    missing: `${missing}, and no Maven to fetch it`,
    remedy: `install Maven and ${INSTALL}, or only the latter as root on Debian or Ubuntu`,
  };
}

/** Looks for a Java that is young enough: `JAVA_HOME` first, then the path. */
export async function findJava({ javaHome, path }: Machine): Promise<{ readonly found: true; readonly java: string } | Missing> {
  const candidates = [javaHome === null ? null : join(javaHome, 'bin', 'java'), await findProgram('java', path)].filter(
    (java) => java !== null,
  );
  const remedy = `install Java ${JAVA_VERSION} or newer, point JAVA_HOME at one, or ${ALSO_INSTALLS}`;
  let missing = 'no Java on the PATH or in JAVA_HOME';
  for (const java of candidates) {
    const version = await versionOf(java);
    if (version !== null && version >= JAVA_VERSION) return { found: true, java };
    missing = version === null ? `${java} is no Java that runs` : `${java} is Java ${version}, too old for Kafka ${KAFKA_VERSION}`;
  }
  return { found: false, missing, remedy };
}

/** Absolute path of a program, null where the path has none of that name. */
export async function findProgram(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const program = join(folder, name);
    const runs = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return program;
  }
  return null;
}

/** 17 for 17.0.15, 8 for 1.8.0; null for what does not say it is a Java. */
async function versionOf(java: string): Promise<number | null> {
  const { stderr } = await promisify(execFile)(java, ['-version'], { timeout: 10_000 }).catch(() => ({ stderr: '' }));
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(stderr) ?? [];
  if (first === undefined) return null;
  return Number(first === '1' ? second : first);
}
