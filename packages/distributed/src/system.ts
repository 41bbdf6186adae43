/** What runs, those that others need first. */
export const appNames = ['payment-simulator', 'users', 'products', 'payments', 'orders', 'notifications', 'gateway'] as const;

export type AppName = (typeof appNames)[number];

/** Apps that may run as several processes, by role. */
export const subgraphNames = ['users', 'products', 'payments', 'orders', 'notifications'] as const;

export type SubgraphName = (typeof subgraphNames)[number];

/** `api` answers requests; `worker` has relay, consumers and jobs. */
export type Role = 'api' | 'worker';

/** How many processes of each kind. */
export interface Layout {
  /** 1 to 9. */
  readonly gateways: number;
  /** Whether requests and work of a subgraph are processes of their own: of all, of those named, or of none. */
  readonly split: boolean | readonly SubgraphName[];
  /** Processes with the role `worker` of each subgraph, 1 to 8; the first is also its api where it is not split. */
  readonly workers: number;
}

/** One process of a system. */
export interface ProcessSpec {
  /** `gateway`, `gateway-2`; `orders` with both roles, or `orders-api`, `orders-worker`, `orders-worker-2`. */
  readonly name: string;
  readonly app: AppName;
  readonly roles: readonly Role[];
  readonly port: number;
  /** `null`: the app serves no metrics. */
  readonly metricsPort: number | null;
}

/** Where the blocks of ports begin; the architecture's when absent. */
export interface FirstPorts {
  /** Of the first gateway; subgraphs follow it. */
  readonly gateway: number;
  readonly metrics: number;
  readonly simulator: number;
}

/** The most that fit into the ports of a layout. */
export const layoutLimits = { gateways: 9, workers: 8 } as const;

const standardPorts: FirstPorts = { gateway: 4000, metrics: 9400, simulator: 4010 };

/** Products has 4001; the others follow in the order of the architecture. */
const places: Readonly<Record<SubgraphName, number>> = { products: 1, orders: 2, payments: 3, users: 4, notifications: 5 };

/**
 * The processes of a system, those that others need first. The second gateway is 100 ports above the first; the n-th process that only works is 10 + 10 n
 * ports above its subgraph, and so are its metrics.
 *
 * @throws {RangeError} the layout is beyond `layoutLimits`.
 */
export function layOut({ gateways, split, workers }: Layout, first: FirstPorts = standardPorts): readonly ProcessSpec[] {
  assertWithin('gateways', gateways);
  assertWithin('workers', workers);
  const at = (offset: number) => ({ port: first.gateway + offset, metricsPort: first.metrics + offset });
  const apart = (name: SubgraphName): boolean => (typeof split === 'boolean' ? split : split.includes(name));
  const worker = (app: SubgraphName, n: number): ProcessSpec => ({
    name: numbered(`${app}-worker`, n),
    app,
    roles: ['worker'],
    ...at(places[app] + 10 + 10 * n),
  });
  const processesOf = (app: SubgraphName): readonly ProcessSpec[] => [
    ...counted(workers).flatMap((n) => (n === 1 && !apart(app) ? [] : [worker(app, n)])),
    // Last, so that it stops first: what it commits then still gets out.
    { name: apart(app) ? `${app}-api` : app, app, roles: apart(app) ? ['api'] : ['api', 'worker'], ...at(places[app]) },
  ];
  return [
    { name: 'payment-simulator', app: 'payment-simulator', roles: ['api'], port: first.simulator, metricsPort: null },
    ...subgraphNames.flatMap(processesOf),
    ...counted(gateways).map((n): ProcessSpec => ({ name: numbered('gateway', n), app: 'gateway', roles: ['api'], ...at(100 * (n - 1)) })),
  ];
}

/** The process that answers for an app: of several gateways the first. */
export function answering(processes: readonly ProcessSpec[], app: AppName): ProcessSpec {
  const found = processes.find((process) => process.app === app && process.roles.includes('api'));
  if (found === undefined) throw new RangeError(`nothing answers for ${app}`);
  return found;
}

/** Who stops at the same time, one group after the other: first those that clients ask, last those that others need. */
export function stopOrder(processes: readonly ProcessSpec[]): readonly (readonly ProcessSpec[])[] {
  return appNames
    .flatMap((app) => {
      const own = processes.filter((process) => process.app === app);
      return [own.filter(({ roles }) => !roles.includes('api')), own.filter(({ roles }) => roles.includes('api'))];
    })
    .filter((group) => group.length > 0)
    .toReversed();
}

const numbered = (name: string, n: number): string => (n === 1 ? name : `${name}-${String(n)}`);

const counted = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

function assertWithin(what: keyof typeof layoutLimits, count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > layoutLimits[what])
    throw new RangeError(`${what}: 1 to ${String(layoutLimits[what])}, not ${String(count)}`);
}
