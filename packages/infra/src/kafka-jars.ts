import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The Kafka that tests run against. */
export const KAFKA_VERSION = '4.3.1';
/** The oldest Java that runs this broker. */
export const JAVA_VERSION = 17;

// Written last and with every name and size: what an interrupted fetch has left is not taken for a Kafka.
const LIST = 'complete.json';

/** Where the jars of the broker lie. */
export function jarsFolder(store: string): string {
  return join(store, `kafka-${KAFKA_VERSION}`, 'lib');
}

/** What Maven is asked for. Without the logging binding the broker would not say why it does not start. */
export const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tally</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
`;

/** True when every jar that was fetched is there in its full size. */
export async function hasJars(store: string): Promise<boolean> {
  try {
    const folder = jarsFolder(store);
    const sizes = JSON.parse(await readFile(join(folder, '..', LIST), 'utf8')) as Readonly<Record<string, number>>;
    const jars = await Promise.all(Object.entries(sizes).map(async ([name, size]) => (await stat(join(folder, name))).size === size));
    return jars.length > 0 && jars.every(Boolean);
  } catch {
    return false;
  }
}

/**
 * Puts jars in their place with one rename, so that nobody ever sees half of them. Where another run was faster, its jars stay and these go.
 *
 * @param fetched folder in `store` with `lib/`; gone afterwards.
 */
export async function placeJars(store: string, fetched: string): Promise<void> {
  const names = await readdir(join(fetched, 'lib'));
  const sizes = await Promise.all(names.map(async (name) => [name, (await stat(join(fetched, 'lib', name))).size] as const));
  await writeFile(join(fetched, LIST), JSON.stringify(Object.fromEntries(sizes)));
  const place = join(store, `kafka-${KAFKA_VERSION}`);
  await mkdir(store, { recursive: true });
  if (!(await hasJars(store))) await rename(place, `${fetched}-replaced`).catch(() => undefined);
  await rename(fetched, place).catch(() => undefined);
  await rm(fetched, { recursive: true, force: true });
  await rm(`${fetched}-replaced`, { recursive: true, force: true });
}
