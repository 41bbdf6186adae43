export { databases, type Batch, type Database, type Job, type JobPart, type Surroundings } from './job.ts';
export { LeaseLostError } from './lease.ts';
export { hasFindings, jobs, runJob, toLines, type JobReport, type RunJobOptions } from './run-job.ts';
export { leaseMs, runPart, type PartReport } from './run-part.ts';
