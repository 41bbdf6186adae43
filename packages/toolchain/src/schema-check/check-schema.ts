import { composeSubgraphs, readSubgraphs, type SubgraphText } from '../compose/compose-supergraph.ts';
import type { Problem } from '../compose/problem.ts';
import { ACCEPTED_BREAKS, isOver, readAcceptedBreaks, type AcceptedBreak } from './accepted-breaks.ts';
import { changesBetween } from './changes.ts';
import { CouldNotCheckError } from './could-not-check.ts';
import { readFormerSide } from './former-side.ts';
import { readGraph } from './graph.ts';
import { judge } from './judge.ts';
import { givenSource, promisedSources } from './operation-sources.ts';
import { readOperations } from './operations.ts';
import { placesIn } from './places.ts';
import type { Finding, Report } from './report.ts';

/** What to check: the subgraphs of a folder against a former side. */
export interface Check {
  readonly folder: string;
  /** A file or a git ref; `null`: the main branch. */
  readonly against: string | null;
  /** Operations besides those that the repository promises. */
  readonly operations: readonly string[];
  readonly strict: boolean;
  readonly now: Date;
}

/** A report, or why the subgraphs do not compose. */
export type Checked = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Composes the subgraphs of a folder and says what that changes for clients.
 *
 * @throws {CouldNotCheckError} there is nothing to compare with, or an input cannot be read.
 */
export async function checkSchema({ folder, against, operations, strict, now }: Check): Promise<Checked> {
  const accepted = readAcceptedBreaks(folder);
  const given = operations.map((path) => givenSource(folder, path));
  const former = readFormerSide(folder, against);
  const subgraphs = subgraphsIn(folder);
  const composed = composeSubgraphs(subgraphs);
  if (!composed.ok) return composed;

  const after = readGraph(composed.supergraph, 'the composed supergraph');
  const changes = await changesBetween(former.graph, after);
  const present = [...promisedSources(folder), ...given].map(readOperations);
  const { findings, invalid } = judge({
    before: former.graph,
    after,
    changes,
    operations: present.flatMap((source) => source.operations),
    former: former.sources.flatMap((source) => readOperations(source).operations),
    accepted,
    now,
    places: placesIn(subgraphs),
  });
  const behind =
    former.graph.federated === null ? [`${former.name} is an API schema: access, cost, topics and owners were not compared`] : [];
  return {
    ok: true,
    report: {
      against: former.name,
      findings,
      invalid: [...present.flatMap((source) => source.unreadable), ...invalid],
      notes: [...former.notes, ...behind, ...accepted.flatMap((one) => noteAbout(one, findings, now))],
      strict,
    },
  };
}

function subgraphsIn(folder: string): readonly SubgraphText[] {
  try {
    return readSubgraphs(folder);
  } catch (cause) {
    throw new CouldNotCheckError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function noteAbout(accepted: AcceptedBreak, findings: readonly Finding[], now: Date): readonly string[] {
  const isMeant = findings.some(({ coordinate, verdict }) => verdict === 'breaking' && coordinate === accepted.coordinate);
  if (!isMeant) return [`${ACCEPTED_BREAKS}: nothing breaks ${accepted.coordinate} any more; the entry can go`];
  return isOver(accepted, now) ? [`${ACCEPTED_BREAKS}: ${accepted.coordinate} was accepted until ${accepted.until}, which is over`] : [];
}
