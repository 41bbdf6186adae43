import { complaints, type Policy } from '../policy.ts';
import { variablesOf } from '../variables.ts';
import { containersOf, workloadsOf } from '../workloads.ts';

const listening: Policy = {
  rule: 'a pod of ours listens where its settings say, on every address',
  find: (objects) =>
    workloadsOf(objects)
      .filter(({ kind, ours }) => ours && kind === 'Deployment')
      .flatMap((workload) => {
        const ports = containersOf(workload).flatMap(({ ports: all = [] }) => all);
        const { PORT, METRICS_PORT, HOST } = variablesOf(workload, objects);
        const portOf = (name: string): string | undefined => ports.find((port) => port.name === name)?.containerPort.toString();
        return complaints(workload.name, {
          [`PORT is ${PORT ?? 'absent'}, the port http ${portOf('http') ?? 'absent'}`]: PORT !== undefined && portOf('http') === PORT,
          [`METRICS_PORT is ${METRICS_PORT ?? 'absent'}, the port metrics ${portOf('metrics') ?? 'absent'}`]:
            portOf('metrics') === METRICS_PORT,
          [`HOST is ${HOST ?? 'absent'}`]: HOST === '0.0.0.0',
        });
      }),
};

const scraped: Policy = {
  rule: 'what has metrics says where',
  find: (objects) =>
    workloadsOf(objects).flatMap((workload) => {
      const { METRICS_PORT } = variablesOf(workload, objects);
      if (METRICS_PORT === undefined) return [];
      return complaints(workload.name, {
        'it does not':
          workload.annotations['prometheus.io/scrape'] === 'true' &&
          workload.annotations['prometheus.io/port'] === METRICS_PORT &&
          workload.annotations['prometheus.io/path'] === '/metrics',
      });
    }),
};

/** @param standard the port that an app listens on when nobody says another: the one that docs/operations.md gives. */
export function portPolicies(
  standard: Readonly<Record<string, { readonly http: number; readonly metrics: number | null }>>,
): readonly Policy[] {
  const documented: Policy = {
    rule: 'an app has the ports that docs/operations.md gives',
    find: (objects) =>
      workloadsOf(objects)
        .filter(({ kind }) => kind === 'Deployment')
        .flatMap((workload) => {
          const expected = standard[workload.labels['app.kubernetes.io/name'] ?? ''];
          const { PORT, METRICS_PORT = null } = variablesOf(workload, objects);
          return complaints(workload.name, {
            [`they are ${PORT ?? 'absent'} and ${METRICS_PORT ?? 'absent'}`]:
              expected !== undefined &&
              PORT === String(expected.http) &&
              METRICS_PORT === (expected.metrics === null ? null : String(expected.metrics)),
          });
        }),
  };
  return [listening, scraped, documented];
}
