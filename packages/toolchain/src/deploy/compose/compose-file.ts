import { parse } from 'yaml';

/** A service of a compose file, as far as the rules read it. */
export interface Service {
  readonly image?: string;
  readonly build?: { readonly context?: string; readonly target?: string; readonly args?: Readonly<Record<string, string>> };
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number | boolean>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly user?: string;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file?: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const IMAGE_OF_OURS = /^tally\//;

/**
 * A compose file with its merge keys resolved. Text that is no YAML, a duplicate key or an alias without anchor are refused.
 *
 * @throws {Error} with the line.
 */
export function parseCompose(text: string): ComposeFile {
  const file = parse(text, { merge: true }) as Partial<ComposeFile> | null;
  return { services: file?.services ?? {}, secrets: file?.secrets ?? {}, volumes: file?.volumes ?? {} };
}

/** Services with an image of ours that stay: not jobs, which end. */
export function appsOf({ services }: ComposeFile): readonly (readonly [string, Service])[] {
  return Object.entries(services).filter(([, service]) => isOurs(service) && !isJob(service));
}

export function isOurs(service: Service): boolean {
  return IMAGE_OF_OURS.test(service.image ?? '');
}

/** It ends by itself: others wait for its end, not for its health. */
export function isJob(service: Service): boolean {
  return service.restart === 'no';
}

/** The value of `${NAME:-value}`, and text without variables as it is. */
export function withStandards(text: string): string {
  return text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}
