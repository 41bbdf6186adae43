import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cpuBetween, readCpu, type CpuTimes } from '../measure/cpu.ts';
import { quantilesOf, type Quantiles } from '../measure/latencies.ts';
import type { Idle } from '../quiet.ts';
import type { FromDriver, Orders } from './unit.ts';

/** The control's figures, per unit. */
export interface ControlResult {
  readonly cpuMs: CpuTimes;
  readonly latencies: Quantiles;
  readonly perSecond: number;
  readonly statements: number;
}

const driver = fileURLToPath(new URL('../control-driver.ts', import.meta.url));

/**
 * Runs plain SQL in a process of its own and counts its CPU exactly as the platform's is counted. What the idle platform costs PostgreSQL meanwhile is
 * taken off.
 *
 * @throws {Error} the driver ended early; what it says is on stderr.
 */
export async function runControl(orders: Orders, postmaster: number, idle: Idle): Promise<ControlResult> {
  const child = fork(driver, { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
  const ended = once(child, 'exit');
  const answer = async <Kind extends FromDriver['kind']>(kind: Kind): Promise<Extract<FromDriver, { kind: Kind }>> => {
    const outcome = await Promise.race([once(child, 'message'), ended.then(() => null)]);
    const message = outcome?.[0] as FromDriver | undefined;
    if (message?.kind !== kind) throw new Error('the driver of the control ended early');
    return message as Extract<FromDriver, { kind: Kind }>;
  };
  const { pid } = child;
  if (pid === undefined) throw new Error('the driver of the control does not start');
  child.send(orders);
  await answer('warm');
  const before = await readCpu(pid, postmaster);
  child.send('go');
  const { latenciesMs, elapsedMs } = await answer('done');
  const spent = cpuBetween(before, await readCpu(pid, postmaster));
  child.send('end');
  await ended;
  const { runs, units } = orders;
  return {
    cpuMs: { process: spent.process / runs, postgres: Math.max(0, spent.postgres - (idle.cpuMs.postgres * elapsedMs) / 1000) / runs },
    latencies: quantilesOf(latenciesMs),
    perSecond: (runs / elapsedMs) * 1000,
    statements: units.reduce((sum, { statements, transaction }) => sum + statements.length + (transaction ? 2 : 0), 0) / units.length,
  };
}
