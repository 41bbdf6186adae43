import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Machine } from './config.ts';
import { installParts } from './install.ts';
import { hasJars, jarsFolder } from './kafka-jars.ts';

const COPIES_TWO_JARS = `
for arg in "$@"; do case $arg in -DoutputDirectory=*) lib=\${arg#*=};; esac; done
grep -q '<version>4.3.1</version>' pom.xml || exit 1
mkdir "$lib" && echo kafka > "$lib/kafka.jar" && echo log4j > "$lib/log4j.jar"
`;

test('Kafka is fetched once, whole, and nothing else is left', async () => {
  await using world = await aMachine(COPIES_TWO_JARS);
  const reported: string[] = [];

  await installParts(world.machine, ['kafka'], (what) => reported.push(what));
  await installParts(world.machine, ['kafka'], (what) => reported.push(what));

  expect(reported).toEqual(['Kafka 4.3.1']);
  expect(await readdir(jarsFolder(world.machine.store))).toEqual(['kafka.jar', 'log4j.jar']);
  expect(await readdir(world.machine.store)).toEqual(['kafka-4.3.1']);
});

test('runs that fetch at the same time agree on one Kafka', async () => {
  await using world = await aMachine(COPIES_TWO_JARS);

  await Promise.all(Array.from({ length: 4 }, () => installParts(world.machine, ['kafka'], () => undefined)));

  expect(await hasJars(world.machine.store)).toBe(true);
  expect(await readdir(world.machine.store)).toEqual(['kafka-4.3.1']);
});

test('what an interrupted fetch has left is replaced', async () => {
  await using world = await aMachine(COPIES_TWO_JARS);
  await mkdir(jarsFolder(world.machine.store), { recursive: true });
  await writeFile(join(jarsFolder(world.machine.store), 'kafka.jar'), 'ka');

  await installParts(world.machine, ['kafka'], () => undefined);

  expect(await hasJars(world.machine.store)).toBe(true);
  expect(await readdir(world.machine.store)).toEqual(['kafka-4.3.1']);
});

test('what Maven says when it fails is in the error, and half of a Kafka is nowhere', async () => {
  await using world = await aMachine('echo "[ERROR] no route to the repository"; exit 1');

  await expect(installParts(world.machine, ['kafka'], () => undefined)).rejects.toThrow(
    'Maven failed:\n[ERROR] no route to the repository',
  );

  expect(await readdir(world.machine.store)).toEqual([]);
});

/** A machine with a Java, and a Maven that does what the script says. */
async function aMachine(maven: string) {
  const folder = await mkdtemp(join(tmpdir(), 'tally-machine-'));
  const machine: Machine = { path: folder, javaHome: null, store: join(folder, '.infra') };
  await writeFile(join(folder, 'java'), `#!/bin/sh\necho 'openjdk version "21"' >&2\n`, { mode: 0o755 });
  await writeFile(join(folder, 'mvn'), `#!/bin/sh\n${maven}`, { mode: 0o755 });
  return { machine, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
