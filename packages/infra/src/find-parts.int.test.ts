import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Machine } from './config.ts';
import { findParts } from './find-parts.ts';
import { jarsFolder, placeJars } from './kafka-jars.ts';

test('what is missing is named with what to do about it', async () => {
  await using world = await aMachine();

  expect(await findParts(world.machine)).toEqual({
    redis: {
      found: false,
      missing: 'no redis-server on the PATH',
      remedy: 'install Redis, or run "npm run infra -- install" as root on Debian or Ubuntu',
    },
    kafka: {
      found: false,
      missing: 'no Java on the PATH or in JAVA_HOME',
      remedy: 'install Java 17 or newer, point JAVA_HOME at one, or run "npm run infra -- install" as root on Debian or Ubuntu',
    },
  });
});

test.each([
  ['11.0.2', 'is Java 11, too old for Kafka 4.3.1'],
  ['1.8.0_352', 'is Java 8, too old for Kafka 4.3.1'],
  ['none', 'is no Java that runs'],
])('a java of version %s is refused in one line', async (version, reason) => {
  await using world = await aMachine();
  const java = await world.install('java', version);

  const { kafka } = await findParts(world.machine);

  expect(kafka).toMatchObject({ found: false, missing: `${java} ${reason}` });
});

test('JAVA_HOME goes before the path, and the path is asked where JAVA_HOME is wrong', async () => {
  await using world = await aMachine();
  await world.install('java', '17.0.1');
  await world.fetched();

  const right = await findParts({ ...world.machine, javaHome: await world.aJavaHome('21') });
  const wrong = await findParts({ ...world.machine, javaHome: join(world.folder, 'nowhere') });

  expect(right.kafka).toMatchObject({ found: true, java: join(world.folder, 'home-21', 'bin', 'java') });
  expect(wrong.kafka).toMatchObject({ found: true, java: join(world.folder, 'java') });
});

test('a Java without the jars needs Maven, and then an install', async () => {
  await using world = await aMachine();
  await world.install('java', '21');

  expect((await findParts(world.machine)).kafka).toMatchObject({ missing: 'no Kafka 4.3.1 in .infra, and no Maven to fetch it' });
  await world.install('mvn', '3');
  expect((await findParts(world.machine)).kafka).toMatchObject({
    missing: 'no Kafka 4.3.1 in .infra',
    remedy: 'run "npm run infra -- install"',
  });
});

test('jars that are not all there, or not whole, are no Kafka', async () => {
  await using world = await aMachine();
  await world.install('java', '21');
  await world.fetched();
  const jar = join(jarsFolder(world.machine.store), 'kafka.jar');
  expect((await findParts(world.machine)).kafka).toMatchObject({ found: true });

  await writeFile(jar, 'half');
  expect((await findParts(world.machine)).kafka).toMatchObject({ found: false });

  await rm(jar);
  expect((await findParts(world.machine)).kafka).toMatchObject({ found: false });
});

/** A machine whose path is one folder, with programs that only say their version. */
async function aMachine() {
  const folder = await mkdtemp(join(tmpdir(), 'tally-machine-'));
  const machine: Machine = { path: folder, javaHome: null, store: join(folder, '.infra') };
  const install = async (name: string, version: string, into = folder): Promise<string> => {
    await mkdir(into, { recursive: true });
    await writeFile(join(into, name), `#!/bin/sh\necho 'openjdk version "${version}" 2025-04-15' >&2\n`, { mode: 0o755 });
    return join(into, name);
  };
  return {
    folder,
    machine,
    install,
    aJavaHome: async (version: string) => {
      await install('java', version, join(folder, `home-${version}`, 'bin'));
      return join(folder, `home-${version}`);
    },
    fetched: async () => {
      const fetched = join(machine.store, 'fetched');
      await mkdir(join(fetched, 'lib'), { recursive: true });
      await writeFile(join(fetched, 'lib', 'kafka.jar'), 'a whole jar');
      await placeJars(machine.store, fetched);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
