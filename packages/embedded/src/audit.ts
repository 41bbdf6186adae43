// npm run audit
// Reads a system that runs, as the role that may write nothing, and says which invariants do not hold.
import { parseArgs } from 'node:util';
import { checkInvariants, toText } from '@tally/audit';
import { auditUsage, readAuditSettings, type AuditSettings } from './audit/settings.ts';
import { readLedger } from './audit/read-ledger.ts';
import { readLog } from './audit/read-log.ts';
import { reachable } from './reachable.ts';
import { runCommand } from './run-command.ts';

const violated = 1;
const misused = 2;

const settings = ((): AuditSettings | null => {
  try {
    const { values } = parseArgs({
      options: {
        grace: { type: 'string', default: '60' },
        ledger: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values.help ? null : readAuditSettings(values);
  } catch (error) {
    process.stderr.write(`audit: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = misused;
    return null;
  }
})();

if (settings === null) {
  process[process.exitCode === misused ? 'stderr' : 'stdout'].write(auditUsage);
} else {
  await runCommand('audit', async (print) => {
    const { graceMs, json } = settings;
    const { auditorUrl, ledger, kafka } = await settings.place(process.env);
    // Both witnesses are heard before the snapshot: what they know, it knows. What happens meanwhile is young to it.
    const startedMs = performance.now();
    const books = await readLedger(ledger);
    const log = kafka === null ? {} : { log: await readLog(kafka) };
    const findings = await reachable(
      checkInvariants({ auditorUrl, ledger: books, ...log, graceMs: graceMs + Math.ceil(performance.now() - startedMs) }),
    );
    const holds = findings.every(({ violations }) => violations.length === 0);
    print(json ? JSON.stringify({ at: new Date().toISOString(), graceMs, holds, findings }) : toText(findings).trimEnd());
    if (!holds) process.exitCode = violated;
  });
}
