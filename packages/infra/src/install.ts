import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '@tally/runtime';
import type { Machine } from './config.ts';
import { findJava, findProgram, findRedis, type PartName } from './find-parts.ts';
import { hasJars, KAFKA_VERSION, placeJars, pom } from './kafka-jars.ts';

/**
 * Gets what is missing: programs from the system's packages, where that is Debian's or Ubuntu's and this is root, and the jars of Kafka by Maven into
 * `.infra` (44 MB). What is there is left alone; several runs may do so at once.
 *
 * @param report told of what was installed, and how long it took in milliseconds.
 * @throws {StartupError} with what the package manager or Maven said, or with what to install by hand; retryable where it was the network.
 */
export async function installParts(
  machine: Machine,
  wanted: readonly PartName[],
  report: (what: string, tookMs: number) => void,
): Promise<void> {
  const timed = async (what: string, work: () => Promise<void>): Promise<void> => {
    const begun = performance.now();
    await work();
    report(what, performance.now() - begun);
  };
  const packages = await missingPackages(machine, wanted);
  if (packages.length > 0) await timed(packages.join(', '), () => installPackages(machine, packages));
  if (wanted.includes('kafka') && !(await hasJars(machine.store))) await timed(`Kafka ${KAFKA_VERSION}`, () => fetchJars(machine));
}

async function missingPackages(machine: Machine, wanted: readonly PartName[]): Promise<readonly string[]> {
  const packages: string[] = [];
  if (wanted.includes('redis') && !(await findRedis(machine)).found) packages.push('redis-server');
  if (wanted.includes('kafka')) {
    if (!(await findJava(machine)).found) packages.push('default-jre-headless');
    if (!(await hasJars(machine.store)) && (await findProgram('mvn', machine.path)) === null) packages.push('maven');
  }
  return packages;
}

// Debian starts what it installs unless a policy forbids it: the only servers wanted are ours. A policy that is there already stays.
// Slim images lack the folder of the manual, without which Java's package fails.
const APT = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod 755 $policy
fi
mkdir -p /usr/share/man/man1
apt-get update -q
apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
`;

async function installPackages({ path }: Machine, packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0 || (await findProgram('apt-get', path)) === null)
    throw new StartupError(`Install ${packages.join(', ')} first: this does it only as root on Debian or Ubuntu.`);
  // One at a time: of two that update the lists of packages, the second fails.
  const command = ['/var/lib/apt', 'env', 'DEBIAN_FRONTEND=noninteractive', 'sh', '-c', APT, 'apt', ...packages];
  await run('flock', command, '/', `apt-get install ${packages.join(' ')}`);
}

async function fetchJars({ store, path }: Machine): Promise<void> {
  const maven = await findProgram('mvn', path);
  if (maven === null) throw new StartupError('Install Maven first: it fetches Kafka.');
  await mkdir(store, { recursive: true });
  const folder = await mkdtemp(join(store, 'fetching-'));
  try {
    await writeFile(join(folder, 'pom.xml'), pom);
    const goal = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`];
    await run(maven, goal, folder, 'Maven');
    await placeJars(store, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(command: string, args: readonly string[], cwd: string, name: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new StartupError(`${name} failed:\n${printed.trim().split('\n').slice(-10).join('\n')}`);
}
