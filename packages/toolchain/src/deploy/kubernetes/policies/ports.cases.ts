import { readFileSync } from 'node:fs';
import { inRoot } from '../../../repository.ts';
import { describePolicies } from '../broken.ts';
import { portPolicies } from './ports.ts';

/** The table of docs/operations.md: apps, HTTP ports, metrics ports, each separated by commas. */
function documentedPorts() {
  const [, section = ''] = readFileSync(inRoot('docs/operations.md'), 'utf8').split('\n## Ports\n');
  const rows = [...section.matchAll(/^\| (?<apps>[a-z, ]+?) +\| (?<http>[\d, ]+?) +\| (?<metrics>[\d, –]+?) +\|$/gm)];
  const listed = (text = '') => text.split(', ');
  return Object.fromEntries(
    rows.flatMap(({ groups = {} }) =>
      listed(groups['apps']).map((app, at) => {
        const metrics = Number(listed(groups['metrics'])[at]);
        return [
          app.replace(' ', '-'),
          { http: Number(listed(groups['http'])[at]), metrics: Number.isNaN(metrics) ? null : metrics },
        ] as const;
      }),
    ),
  );
}

const listens = 'a pod of ours listens where its settings say, on every address';
const container = '/spec/template/spec/containers/app';

describePolicies('ports', portPolicies(documentedPorts()), [
  { policy: listens, overlay: 'local', object: 'Deployment/orders-api', set: [`${container}/ports/http/containerPort`, 8080] },
  { policy: listens, overlay: 'local', object: 'Deployment/orders-api', remove: `${container}/ports/metrics` },
  { policy: listens, overlay: 'production', object: 'ConfigMap/platform', remove: '/data/HOST', found: 'Deployment/gateway' },
  {
    policy: 'what has metrics says where',
    overlay: 'production',
    object: 'Deployment/orders-worker',
    set: ['/spec/template/metadata/annotations/prometheus.io~1port', '9401'],
  },
  {
    policy: 'an app has the ports that docs/operations.md gives',
    overlay: 'production',
    object: 'ConfigMap/payments',
    set: ['/data/PORT', '4002'],
    found: 'Deployment/payments-api',
  },
]);
