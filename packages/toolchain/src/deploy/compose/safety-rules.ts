import { appsOf, isJob, isOurs, type ComposeFile, type Service } from './compose-file.ts';
import type { Finding } from './finding.ts';

type ServiceRule = (name: string, service: Service) => readonly string[];

const SECRET_NAME = /(PASSWORD|SECRET|TOKEN|PEPPER|KEY)$/;

/** Rules that one service keeps or breaks by itself. Each gives what is wrong, in words. */
const RULES: Readonly<Record<string, ServiceRule>> = {
  /** A name without an exact version is another program tomorrow. */
  'pinned-images': (_, { image = '' }) => {
    if (isOurs({ image })) return /:\$\{TALLY_VERSION:-\d+\.\d+\.\d+\}$/.test(image) ? [] : [`${image} has no version`];
    return /:v?\d+\.\d+\.\d+(-[a-z0-9.]+)?$|:\d+\.\d+-[a-z]+$|@sha256:[0-9a-f]{64}$/.test(image) ? [] : [`${image} is no exact version`];
  },
  /** Docker opens a port to the network by itself, past the firewall. */
  'loopback-ports': (_, { ports = [] }) =>
    ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port)).map((port) => `${port} is open to the network`),
  /** Whoever may look at a container reads its environment. */
  'no-inline-secrets': (_, { environment = {} }) =>
    Object.entries(environment).flatMap(([key, value]) => {
      return SECRET_NAME.test(key) || /:\/\/[^/@]*:[^/@]+@/.test(String(value)) ? [`${key} holds a secret: mount a file`] : [];
    }),
  hardened: (_, service) => [
    ...(service.cap_drop?.includes('ALL') === true && service.cap_add === undefined ? [] : ['keeps capabilities']),
    ...(service.security_opt?.includes('no-new-privileges:true') === true ? [] : ['may gain privileges']),
    ...(service.privileged === true ? ['is privileged'] : []),
    ...(isOurs(service) && service.read_only !== true ? ['may write to its root'] : []),
    ...(isOurs(service) && service.tmpfs?.includes('/tmp') !== true ? ['has no /tmp'] : []),
    ...(isOurs(service) && service.user !== '10001:10001' ? [`runs as ${service.user ?? 'what its image says'}`] : []),
  ],
  limits: (_, service) => [
    ...(service.mem_limit === undefined ? ['may take all memory'] : []),
    ...(service.pids_limit === undefined ? ['may start processes without end'] : []),
    ...heapProblems(service),
  ],
  restarts: (_, service) => (isJob(service) || service.restart === 'unless-stopped' ? [] : [`restart is ${service.restart ?? 'not set'}`]),
};

/**
 * All rules of this file, by the name under which a finding tells of them.
 *
 * @param drainMs the longest shutdown of an app.
 * @param secretFiles what `npm run secrets` makes.
 */
export function safetyFindings(
  file: ComposeFile,
  { drainMs, secretFiles }: { readonly drainMs: number; readonly secretFiles: readonly string[] },
): readonly Finding[] {
  return [
    ...Object.entries(RULES).flatMap(([rule, check]) =>
      Object.entries(file.services).flatMap(([name, service]) => check(name, service).map((what) => ({ rule, where: name, what }))),
    ),
    ...appsOf(file).flatMap(([name, service]) => graceFindings(name, service, drainMs)),
    ...mountFindings(file, secretFiles),
  ];
}

/** Node's heap is three quarters of what the container may have: the rest is buffers, stacks and code. */
function heapProblems({ environment = {}, mem_limit: limit = '' }: Service): string[] {
  const [, heap] = /--max-old-space-size=(\d+)/.exec(String(environment['NODE_OPTIONS'] ?? '')) ?? [];
  if (heap === undefined) return [];
  const allowed = Number.parseInt(limit, 10) * (limit.endsWith('g') ? 1024 : 1) * 0.75;
  return Number(heap) === allowed ? [] : [`the heap may take ${heap} MiB of ${limit}`];
}

/** Killed before it has drained, an app cuts off requests. */
function graceFindings(name: string, { stop_grace_period: grace = '10s' }: Service, drainMs: number): Finding[] {
  const graceMs = Number.parseInt(grace, 10) * 1000;
  return graceMs >= drainMs && /^\d+s$/.test(grace)
    ? []
    : [{ rule: 'grace', where: name, what: `gets ${grace}, and may drain for ${String(drainMs / 1000)} s` }];
}

/** What is mounted is declared, what is declared is mounted and made, and every file that a variable names is there. */
function mountFindings({ services, secrets, volumes }: ComposeFile, secretFiles: readonly string[]): Finding[] {
  const rule = 'mounts';
  const used = Object.entries(services).flatMap(([where, service]) => {
    const mounted = service.secrets ?? [];
    const named = Object.values(service.environment ?? {}).flatMap((value) => /^\/run\/secrets\/(.+)$/.exec(String(value))?.[1] ?? []);
    const volumeNames = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    return [
      ...mounted.filter((name) => !Object.hasOwn(secrets, name)).map((name) => ({ rule, where, what: `${name} is no declared secret` })),
      ...named.filter((name) => !mounted.includes(name)).map((name) => ({ rule, where, what: `${name} is not mounted` })),
      ...volumeNames.filter((name) => !Object.hasOwn(volumes, name)).map((name) => ({ rule, where, what: `${name} is no named volume` })),
    ];
  });
  const mounted = new Set(Object.values(services).flatMap((service) => service.secrets ?? []));
  const idle = Object.keys(secrets).filter((name) => !mounted.has(name));
  const foreign = Object.values(secrets).flatMap(({ file = 'a secret without a file' }) => {
    return secretFiles.some((name) => file === `.secrets/${name}`) ? [] : [`${file} is not made by npm run secrets`];
  });
  return [...used, ...[...idle.map((name) => `nobody mounts ${name}`), ...foreign].map((what) => ({ rule, where: 'secrets', what }))];
}
