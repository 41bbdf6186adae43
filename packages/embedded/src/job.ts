// npm run job -- <name>
// What runs by the clock and ends: each part on the database that it is about, as that subgraph's app role.
import { parseArgs } from 'node:util';
import { hasFindings, jobs, runJob, toLines, type Job } from '@tally/jobs';
import { armCrashPoint } from '@tally/runtime';
import { jobUsage, findJobPlace, readWindow } from './job/settings.ts';
import { reachable } from './reachable.ts';
import { runCommand } from './run-command.ts';

const different = 1;
const misused = 2;
const busy = 3;

interface Wish {
  readonly job: Job;
  readonly windowMs: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const wish = ((): Wish | null => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        window: { type: 'string', default: '24' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return null;
    const [name = '', ...more] = positionals;
    const job = jobs.find((one) => one.name === name);
    const names = jobs.map((one) => one.name).join(', ');
    if (job === undefined || more.length > 0)
      throw new Error(name === '' ? `which one? ${names}` : `there is no job ${positionals.join(' ')}: ${names}`);
    return { job, windowMs: readWindow(values.window), dryRun: values['dry-run'], json: values.json };
  } catch (error) {
    process.stderr.write(`job: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = misused;
    return null;
  }
})();

if (wish !== null) {
  const { job, json, ...asked } = wish;
  await runCommand('job', async (print) => {
    armCrashPoint(process.env);
    const report = await reachable(runJob({ job, ...asked, ...(await findJobPlace(process.env)) }));
    for (const line of json ? [JSON.stringify(report)] : toLines(report)) print(line);
    if (hasFindings(report)) process.exitCode = different;
    else if (report.parts.every(({ outcome }) => outcome === 'BUSY')) process.exitCode = busy;
  });
} else if (process.exitCode !== misused) process.stdout.write(jobUsage);
