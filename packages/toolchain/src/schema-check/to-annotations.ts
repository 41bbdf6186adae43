import { toAnnotation, type Level } from '../compose/annotation.ts';
import { fails, refusalOf, sentenceOf, type Finding, type Report } from './report.ts';

/** A report for GitHub, a line per change. What fails the check is an error; what else may surprise a client is a warning. */
export function toAnnotations({ findings, invalid, notes, strict }: Report): readonly string[] {
  return [
    ...findings.map((finding) =>
      toAnnotation(levelOf(finding, strict), `${finding.verdict} schema change`, { where: finding.where, what: sentenceOf(finding) }),
    ),
    ...invalid.map((one) => toAnnotation('error', 'refused operation', { where: one.where, what: refusalOf(one) })),
    ...notes.map((note) => toAnnotation('notice', 'schema check', { where: null, what: note })),
  ];
}

function levelOf(finding: Finding, strict: boolean): Level {
  if (fails(finding, strict)) return 'error';
  return finding.verdict === 'safe' ? 'notice' : 'warning';
}
