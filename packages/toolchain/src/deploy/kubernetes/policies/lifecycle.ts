import type { IProbe } from 'kubernetes-models/v1';
import { nameOf, ofKind } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';
import { containersOf, workloadsOf, type Workload } from '../workloads.ts';

/** What a shutdown of ours may take, beyond which the process gives up (docs/operations.md, health). */
const drainSeconds = 25;
/** Until the last proxy has heard that an endpoint is gone. */
const removalSeconds = 10;

const deployed = (workloads: readonly Workload[]) => workloads.filter(({ kind }) => kind === 'Deployment');

const probed = (probe: IProbe | undefined, path: string, periodSeconds: number, failureThreshold: number): boolean =>
  probe?.httpGet?.path === path &&
  probe.httpGet.port === 'http' &&
  probe.periodSeconds === periodSeconds &&
  probe.failureThreshold === failureThreshold &&
  (probe.timeoutSeconds ?? 1) <= periodSeconds;

const probes: Policy = {
  rule: 'start and readiness ask /health/ready, life asks /health/live',
  find: (objects) =>
    deployed(workloadsOf(objects)).flatMap((workload) =>
      containersOf(workload).flatMap(({ startupProbe, readinessProbe, livenessProbe }) =>
        complaints(workload.name, {
          'the startup probe does not (60 × 2 s)': probed(startupProbe, '/health/ready', 2, 60),
          'the readiness probe does not (3 × 5 s)': probed(readinessProbe, '/health/ready', 5, 3),
          'the liveness probe does not (6 × 10 s)': probed(livenessProbe, '/health/live', 10, 6),
        }),
      ),
    ),
};

const timeToEnd: Policy = {
  rule: 'a pod serves until nobody comes any more, and has the time to drain',
  find: (objects) =>
    deployed(workloadsOf(objects)).flatMap((workload) =>
      containersOf(workload).flatMap(({ lifecycle }) => {
        const before = lifecycle?.preStop?.sleep?.seconds ?? 0;
        const grace = workload.pod.terminationGracePeriodSeconds ?? 30;
        return complaints(workload.name, {
          [`it sleeps for ${String(before)} s first`]: before >= removalSeconds,
          [`${String(grace)} s of grace`]: grace >= before + drainSeconds + 5,
        });
      }),
    ),
};

const rollout: Policy = {
  rule: 'a rollout starts the new pod before it ends the old one',
  find: (objects) =>
    ofKind(objects, 'Deployment').flatMap((object) =>
      complaints(nameOf(object), { 'it does not': object.spec?.strategy?.rollingUpdate?.maxUnavailable === 0 }),
    ),
};

const migratesBefore: Policy = {
  rule: 'migrations are Jobs before the rollout, not part of each pod',
  find: (objects) =>
    deployed(workloadsOf(objects)).flatMap(({ name, pod }) =>
      complaints(name, { 'it has an init container': (pod.initContainers ?? []).length === 0 }),
    ),
};

const boundedJobs: Policy = {
  rule: 'a Job ends: deadline, few retries, removed afterwards',
  find: (objects) =>
    ofKind(objects, 'Job').flatMap((job) => {
      const { activeDeadlineSeconds, backoffLimit = 6, ttlSecondsAfterFinished, template } = job.spec ?? {};
      return complaints(nameOf(job), {
        'it has no deadline': activeDeadlineSeconds !== undefined && activeDeadlineSeconds <= 1800,
        [`it retries ${String(backoffLimit)} times`]: backoffLimit <= 6,
        'it stays for ever': ttlSecondsAfterFinished !== undefined,
        'its pod restarts in place': template?.spec?.restartPolicy === 'Never',
      });
    }),
};

const cronRules: Policy = {
  rule: 'a CronJob never meets itself, has deadlines, and runs on UTC',
  find: (objects) =>
    ofKind(objects, 'CronJob').flatMap((job) => {
      const { concurrencyPolicy, startingDeadlineSeconds, timeZone, jobTemplate } = job.spec ?? {};
      return complaints(nameOf(job), {
        'it may run twice at once': concurrencyPolicy === 'Forbid',
        'it has no starting deadline': startingDeadlineSeconds !== undefined,
        'it has no active deadline': jobTemplate?.spec?.activeDeadlineSeconds !== undefined,
        'its time zone is not Etc/UTC': timeZone === 'Etc/UTC',
      });
    }),
};

export const lifecycle = [probes, timeToEnd, rollout, migratesBefore, boundedJobs, cronRules];
