import type { AppImage } from '../../images/image-plan.ts';
import { appsOf, isJob, isOurs, type ComposeFile, type Service } from './compose-file.ts';
import type { Finding } from './finding.ts';

/**
 * `apps`: every image has a service, built from its folder. `ports`: it listens where docs/operations.md says, and what is published is a port that it
 * has. `metrics`: likewise. `addresses`: an address of another service names one that exists, that is waited for, and a port it listens on.
 */
export function wiringFindings(
  file: ComposeFile,
  images: readonly AppImage[],
  infraPorts: Readonly<Record<string, readonly number[]>>,
): readonly Finding[] {
  const ports = new Map<string, readonly number[]>([
    ...images.map(({ name, port }) => [name, [port]] as const),
    ...Object.entries(infraPorts),
  ]);
  return [
    ...images.flatMap((image) => appFindings(file, image)),
    ...Object.entries(file.services).flatMap(([name, service]) => [
      ...publishedFindings(name, service, ports.get(name) ?? []),
      ...addressFindings(name, service, file, ports),
    ]),
  ];
}

function appFindings(file: ComposeFile, { name, workspace, port, metricsPort }: AppImage): Finding[] {
  const [, service] = appsOf(file).find(([service]) => service === name) ?? [];
  if (service === undefined) return [{ rule: 'apps', where: name, what: 'has no service' }];
  const findings: Finding[] = [];
  const app = service.build?.args?.['APP'];
  if (app !== workspace) findings.push({ rule: 'apps', where: name, what: `is built from ${app ?? 'nothing'}, not from ${workspace}` });
  if (!service.image?.startsWith(`tally/${name}:`))
    findings.push({ rule: 'apps', where: name, what: `has the image ${service.image ?? ''}` });
  const { PORT, METRICS_PORT } = service.environment ?? {};
  if (PORT !== port) findings.push({ rule: 'ports', where: name, what: `PORT is ${String(PORT)}, not ${String(port)}` });
  if ((METRICS_PORT ?? null) !== metricsPort) {
    findings.push({ rule: 'ports', where: name, what: `METRICS_PORT is ${String(METRICS_PORT)}, not ${String(metricsPort)}` });
  }
  return findings;
}

function publishedFindings(name: string, service: Service, ports: readonly number[]): Finding[] {
  return (service.ports ?? []).flatMap((published) => {
    const inside = Number(published.split(':').at(-1));
    return ports.includes(inside)
      ? []
      : [{ rule: 'ports', where: name, what: `publishes ${published}, and listens on ${ports.join(', ')}` }];
  });
}

const ADDRESS = /^(?:[a-z]+:\/\/)?(?<host>[a-z][a-z-]*):(?<port>\d+)(?:\/|$)/;

function addressFindings(name: string, service: Service, file: ComposeFile, ports: ReadonlyMap<string, readonly number[]>): Finding[] {
  if (!isOurs(service)) return [];
  return Object.entries(service.environment ?? {}).flatMap(([key, value]) => {
    const { host = '', port = '' } = ADDRESS.exec(String(value))?.groups ?? {};
    if (host === '') return [];
    const finding = (what: string): Finding[] => [{ rule: 'addresses', where: name, what: `${key}: ${what}` }];
    if (!Object.hasOwn(file.services, host)) return finding(`there is no service ${host}`);
    if (!ports.get(host)?.includes(Number(port))) return finding(`${host} does not listen on ${port}`);
    return Object.hasOwn(service.depends_on ?? {}, host) ? [] : finding(`does not wait for ${host}`);
  });
}

/** `connections`: PostgreSQL takes as many as all apps may open. */
export function connectionFindings({ services }: ComposeFile, needed: number): readonly Finding[] {
  const [, given] =
    /^max_connections=(\d+)$/.exec(services['postgres']?.command?.find((word) => word.startsWith('max_connections')) ?? '') ?? [];
  if (Number(given) >= needed) return [];
  return [
    { rule: 'connections', where: 'postgres', what: `takes ${given ?? 'what is standard'}, and the apps may open ${String(needed)}` },
  ];
}

/**
 * `dependencies`: whoever waits, waits for health or for a job's end, of a service that exists, shares its profiles and has a health check.
 * `health-checks`: everything that stays has one; an app's asks its own health check, which asks for a path that the code serves.
 */
export function dependencyFindings(file: ComposeFile, healthCheck: { readonly asks: string; readonly served: string }): readonly Finding[] {
  const path = /\/health\/\w+/.exec(healthCheck.asks)?.[0] ?? 'nothing';
  const unserved = healthCheck.served.includes(`'${path}'`)
    ? []
    : [{ rule: 'health-checks', where: 'healthcheck.ts', what: `asks for ${path}, which nobody serves` }];
  return [
    ...unserved,
    ...Object.entries(file.services).flatMap(([name, service]) => [...healthFindings(name, service), ...waitFindings(name, service, file)]),
  ];
}

function healthFindings(name: string, service: Service): Finding[] {
  const test = service.healthcheck?.test ?? [];
  if (isJob(service)) return [];
  if (test[0] !== 'CMD') return [{ rule: 'health-checks', where: name, what: 'has no health check in exec form' }];
  if (isOurs(service) && test.join(' ') !== 'CMD node /app/healthcheck.ts') {
    return [{ rule: 'health-checks', where: name, what: `is asked by ${test.join(' ')}` }];
  }
  return [];
}

function waitFindings(name: string, service: Service, { services }: ComposeFile): Finding[] {
  return Object.entries(service.depends_on ?? {}).flatMap(([on, { condition }]) => {
    const finding = (what: string): Finding[] => [{ rule: 'dependencies', where: name, what: `${on}: ${what}` }];
    const target = services[on];
    if (target === undefined) return finding('there is no such service');
    const expected = isJob(target) ? 'service_completed_successfully' : 'service_healthy';
    if (condition !== expected) return finding(`waits for ${condition ?? 'nothing'}, not for ${expected}`);
    const lacks = (service.profiles ?? []).filter((profile) => profile !== 'demo' && !target.profiles?.includes(profile));
    return lacks.length > 0 ? finding(`is not there in the profile ${lacks.join(', ')}`) : [];
  });
}
