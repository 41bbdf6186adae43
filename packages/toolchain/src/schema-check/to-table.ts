import type { Verdict } from './change.ts';
import { fails, isOk, refusalOf, sentenceOf, type Finding, type Report } from './report.ts';

const COLOURS = { breaking: 31, dangerous: 33, safe: 32 } as const;

/** A report for people: breaking, dangerous, safe, each change with the place of its line, and a summary. */
export function toTable(report: Report, colour: boolean): string {
  const { findings, invalid, notes } = report;
  const painted = (text: string, code: number): string => (colour ? `\u001B[${String(code)}m${text}\u001B[0m` : text);
  const rows = [
    ...findings.map((finding) => [sentenceOf(finding), finding.where ?? ''] as const),
    ...invalid.map((one) => [refusalOf(one), one.where] as const),
  ];
  const width = Math.min(Math.max(0, ...rows.map(([said]) => said.length)), 110);
  const line = (said: string, where: string): string => `  ${said.padEnd(width)}  ${where}`.trimEnd();

  const section = (verdict: Verdict): readonly string[] => {
    const of = findings.filter((finding) => finding.verdict === verdict);
    return of.length === 0
      ? []
      : [painted(verdict, COLOURS[verdict]), ...of.map((finding) => line(sentenceOf(finding), finding.where ?? ''))];
  };
  const refused =
    invalid.length === 0 ? [] : [painted('refused operations', COLOURS.breaking), ...invalid.map((one) => line(refusalOf(one), one.where))];
  const said = [...section('breaking'), ...refused, ...section('dangerous'), ...section('safe'), ...notes.map((note) => `note: ${note}`)];
  return [...said, summaryOf(report, painted)].join('\n');
}

function summaryOf(report: Report, painted: (text: string, code: number) => string): string {
  const { against, findings, invalid, strict } = report;
  const count = (verdict: Verdict): string => `${String(findings.filter((finding) => finding.verdict === verdict).length)} ${verdict}`;
  const counts = [
    count('breaking'),
    count('dangerous'),
    count('safe'),
    ...(invalid.length > 0 ? [`${String(invalid.length)} refused`] : []),
  ];
  const result = isOk(report) ? painted('nobody is broken', COLOURS.safe) : painted(whyNot(findings, strict), COLOURS.breaking);
  return `against ${against}: ${counts.join(', ')}; ${result}`;
}

function whyNot(findings: readonly Finding[], strict: boolean): string {
  const failing = findings.filter((finding) => fails(finding, strict));
  const broken = new Set(failing.flatMap(({ breaks }) => breaks.map(({ client, operation }) => `${String(client)} ${operation}`)));
  if (failing.length === 0) return 'the new schema refuses operations';
  return broken.size === 0
    ? 'breaking, and --strict'
    : `${String(broken.size)} ${broken.size === 1 ? 'operation breaks' : 'operations break'}`;
}
