import { readFileSync } from 'node:fs';
import { type Connection, parseConnection } from './connection.ts';

/** A schema file as the engine takes it: path, then text. */
export type Datamodel = [path: string, text: string];

export type ProbeAction = 'can-connect-to-database' | 'create-database';

export type Command =
  | { readonly kind: 'probe'; readonly action: ProbeAction; readonly connection: Connection }
  | { readonly kind: 'serve'; readonly datamodels: Datamodel[]; readonly connection: Connection };

// `migrate diff`, `db pull` and `db execute` name no schema file; the engine still wants one to know its dialect.
const DIALECT_ONLY: Datamodel = ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'];

// `migrate diff --from-empty` names no database either. Nothing is ever asked of this one.
const NOWHERE = 'postgresql://nobody@127.0.0.1:1/none';

/** Reads what the Prisma CLI passes: `[--datamodels FILE…] --datasource JSON [cli ACTION]`. */
export function parseCommandLine(args: readonly string[]): Command {
  const connection = parseConnection(urlOf(valuesOf(args, '--datasource')[0]));
  const action = args.find((arg) => arg === 'can-connect-to-database' || arg === 'create-database');
  if (args.includes('cli') && action !== undefined) return { kind: 'probe', action, connection };

  const files = valuesOf(args, '--datamodels').map((path): Datamodel => [path, readFileSync(path, 'utf8')]);
  return { kind: 'serve', datamodels: files.length > 0 ? files : [DIALECT_ONLY], connection };
}

function urlOf(datasource: string | undefined): string {
  if (datasource === undefined) return NOWHERE;
  const parsed: unknown = JSON.parse(datasource);
  const url = typeof parsed === 'object' && parsed !== null && 'url' in parsed ? parsed.url : undefined;
  return typeof url === 'string' ? url : NOWHERE;
}

function valuesOf(args: readonly string[], flag: string): string[] {
  const at = args.indexOf(flag);
  if (at === -1) return [];
  const rest = args.slice(at + 1);
  const end = rest.findIndex((arg) => arg.startsWith('--'));
  return end === -1 ? rest : rest.slice(0, end);
}
