import { runControl, type ControlResult } from '../control/run-control.ts';
import type { PlainStatement, Unit } from '../control/unit.ts';
import type { Graph } from '../../client/graph.ts';
import { cpuBetween, type CpuTimes } from '../measure/cpu.ts';
import { quantilesOf, type Quantiles } from '../measure/latencies.ts';
import { closedLoop } from '../measure/load.ts';
import { countControl, readStatements, statementsBetween, totalCalls, type StatementCount } from '../measure/statements.ts';
import type { MeasuredPlatform } from '../platform.ts';
import type { Idle } from '../quiet.ts';
import { createProgress } from '../report/progress.ts';
import { openStatementLog } from '../measure/statement-log.ts';
import type { Cache, CacheName } from './caches.ts';
import { hitRatio, hotRowsBetween, readHotRows } from './hot-rows.ts';
import type { ReadKind } from './requests.ts';

/** What one kind of request came to. */
export interface ReadResult {
  readonly title: string;
  readonly cache: CacheName;
  readonly alone: Quantiles;
  readonly atOnce: Quantiles;
  readonly perSecond: number;
  /** Per request, at 16 at once. */
  readonly cpuMs: CpuTimes & { readonly redis: number };
  readonly statementsPerRequest: number;
  /** Share of the rows asked for by id that came without the database, 0 to 1; `null` when none are kept. */
  readonly hits: number | null;
  readonly statements: readonly StatementCount[];
  readonly control: ControlResult;
}

/** How many requests of a kind. */
export interface ReadCounts {
  readonly warmUp: number;
  readonly alone: number;
  readonly atOnce: number;
  readonly clients: number;
}

export async function playReads(
  platform: MeasuredPlatform,
  graph: Graph,
  { cache, idle }: { readonly cache: Cache; readonly idle: Idle },
  kind: ReadKind,
  counts: ReadCounts,
): Promise<ReadResult> {
  const { title, operation, variables } = kind;
  const send = async (request: number): Promise<void> => {
    await graph.ask(operation, variables[request % variables.length] ?? {});
  };
  const loop = (name: string, requests: number, clients: number) =>
    closedLoop({ requests, clients, onProgress: createProgress(`${title}, ${cache.name}, ${name}`, requests) }, send);
  await loop('warming up', counts.warmUp, counts.clients);
  const alone = await loop('alone', counts.alone, 1);
  const [hotBefore, before] = [await readHotRows(platform), await readStatements(platform.sql)];
  const [cpuBefore, redisBefore] = [await platform.cpu(), await cache.redisMs()];
  const atOnce = await loop(`${String(counts.clients)} at once`, counts.atOnce, counts.clients);
  const [spent, redisMs] = [cpuBetween(cpuBefore, await platform.cpu()), (await cache.redisMs()) - redisBefore];
  const hits = hitRatio(hotRowsBetween(hotBefore, await readHotRows(platform)));
  const sent = statementsBetween(before, await readStatements(platform.sql)).filter(({ text }) => !idle.texts.has(text));
  const { units, control } = await capture(platform, idle, variables.length, send);
  return {
    title,
    cache: cache.name,
    alone: quantilesOf(alone.latenciesMs),
    atOnce: quantilesOf(atOnce.latenciesMs),
    perSecond: (counts.atOnce / atOnce.elapsedMs) * 1000,
    cpuMs: { process: spent.process / counts.atOnce, postgres: spent.postgres / counts.atOnce, redis: redisMs / counts.atOnce },
    hits,
    statementsPerRequest: totalCalls(sent) / counts.atOnce + control / variables.length,
    statements: sent,
    control: await runControl(
      { databaseUrl: platform.urls.products.app, clients: counts.clients, warmUp: counts.warmUp, runs: counts.atOnce, units },
      platform.postmaster,
      idle,
    ),
  };
}

/** The statements of each request with their values, as the server saw them, and how many BEGIN and COMMIT there were; without what an idle platform sends. */
async function capture(
  platform: MeasuredPlatform,
  idle: Idle,
  requests: number,
  send: (request: number) => Promise<void>,
): Promise<{ readonly units: readonly Unit[]; readonly control: number }> {
  await using log = await openStatementLog(platform.sql, platform.postmaster);
  const names = new Map<string, string>();
  const units: Unit[] = [];
  let control = 0;
  for (let request = 0; request < requests; request++) {
    const logged = await log.during(() => send(request));
    const statements = logged
      .filter(({ role, text }) => role === 'products' && !idle.texts.has(text))
      .map(({ role, text, values }): PlainStatement => {
        const name = names.get(text) ?? `${role}_${String(names.size)}`;
        names.set(text, name);
        return { name, text, values };
      });
    units.push({ statements, transaction: false });
    control += [...countControl(logged).values()].reduce((sum, calls) => sum + calls, 0);
  }
  return { units, control };
}
