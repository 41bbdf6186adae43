import { checkInvariants, type Finding } from '@tally/audit';
import { cloneDatabase, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import type { Evidence } from '../src/simulate/evidence.ts';
import { fullSchedule } from '@tally/simulation';
import { judge } from '../src/simulate/judge.ts';
import { runHistory } from '../src/simulate/run-history.ts';
import { kinds } from '../src/simulate/schedule.ts';
import { copyInto } from './simulate-copy.ts';
import { damages, soldOrder } from './simulate-evidence.ts';

/** What the audit finds in a real database that holds the same. Notifications take no part in the simulation, so nobody is told (I10). */
async function audited(evidence: Evidence): Promise<readonly Finding[]> {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.adminUrl);
  await copyInto(sql, evidence);
  const { ledger, acknowledged, log } = evidence;
  // The audit looks at records of the last day only, and a simulation has its own calendar.
  const lately = log.map((record) => ({ ...record, time: new Date() }));
  const findings = await checkInvariants({ auditorUrl: database.urls.auditor, ledger, acknowledged, log: lately });
  return findings.filter(({ id }) => id !== 'I10');
}

const comparable = (findings: readonly Finding[]) =>
  findings.map(({ id, title, checked, violations }) => ({ id, title, checked, violations: [...new Set(violations)].toSorted() }));

test('of an order that is sold and paid, judge and audit say the same', async () => {
  const evidence = soldOrder();

  expect(comparable(await audited(evidence))).toEqual(comparable(judge(evidence)));
});

test.each(damages)('judge and audit say the same when $what', async ({ done }) => {
  const evidence = done(soldOrder());

  expect(comparable(await audited(evidence))).toEqual(comparable(judge(evidence)));
});

test.each([1, 2, 3])('judge and audit say the same of what history %i has left', async (seed) => {
  const { evidence } = await runHistory(fullSchedule(seed, 40, kinds));

  const findings = comparable(judge(evidence));
  expect(comparable(await audited(evidence))).toEqual(findings);
  expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
  expect(findings.every(({ checked }) => checked > 0)).toBe(true);
});

test('judge and audit say the same of a history that is cut short', async () => {
  const { evidence } = await runHistory(fullSchedule(4, 20, kinds));
  const half = evidence.log.filter(({ topic }) => topic !== 'payments.payment.v1');
  const cut: Evidence = { ...evidence, log: half, ledger: evidence.ledger.slice(0, -5), sagas: evidence.sagas.slice(3), inbox: [] };

  const findings = comparable(judge(cut));
  expect(comparable(await audited(cut))).toEqual(findings);
  expect(findings.filter(({ violations }) => violations.length > 0).map(({ id }) => id)).toEqual(
    expect.arrayContaining(['I1', 'I5', 'I7']),
  );
});
