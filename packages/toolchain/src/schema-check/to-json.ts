import { isOk, type Report } from './report.ts';

/** A report for programs; docs/schema-changes.md describes it. Fields are added, never changed or removed. */
export function toJson(report: Report): string {
  const { against, findings, invalid, notes } = report;
  const of = (verdict: string): number => findings.filter((finding) => finding.verdict === verdict).length;
  return JSON.stringify(
    {
      against,
      ok: isOk(report),
      counts: { breaking: of('breaking'), dangerous: of('dangerous'), safe: of('safe'), refused: invalid.length },
      changes: findings.map(({ kind, coordinate, verdict, what, where, breaks, accepted }) => ({
        kind,
        coordinate,
        verdict,
        what,
        where,
        breaks,
        accepted: accepted === null ? null : { reason: accepted.reason, until: accepted.until },
      })),
      refusedOperations: invalid,
      notes,
    },
    null,
    2,
  );
}
