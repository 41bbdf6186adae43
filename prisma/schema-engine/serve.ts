import { createInterface } from 'node:readline';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { EngineAdapterFactory } from './adapter.ts';
import { answer, type Request } from './answer.ts';
import type { Datamodel } from './command-line.ts';
import type { Connection } from './connection.ts';

const ENGINE_ERROR = 4466;
// Ids of the requests we make of the CLI, out of the way of its own.
const PRINT_ID_OFFSET = 1_000_000;

type Message = { readonly id: number; readonly method?: string; readonly params?: unknown };

/** Answers JSON-RPC 2.0 requests, one a line, from stdin until it closes. */
export async function serve(datamodels: Datamodel[], connection: Connection): Promise<void> {
  setPanicHook();
  let opened: Promise<SchemaEngine> | undefined;
  const open = () => (opened ??= openEngine(datamodels, connection));

  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line) as Message;
    if (method === undefined) continue; // the CLI's reply to our `print`
    try {
      const { result, print } = await answer(await open(), { method, params } as Request);
      if (print !== null) send({ id: id + PRINT_ID_OFFSET, method: 'print', params: { content: print } });
      send({ id, result });
    } catch (error) {
      send({ id, error: { code: ENGINE_ERROR, message: 'see data', data: toErrorData(error) } });
    }
  }
}

async function openEngine(datamodels: Datamodel[], connection: Connection): Promise<SchemaEngine> {
  const factory = bindMigrationAwareSqlAdapterFactory(new EngineAdapterFactory(connection));
  return SchemaEngine.new({ datamodels }, () => undefined, factory);
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

// The engine appends its own stack after "\n   0:"; it names Rust files and helps nobody here.
function toErrorData(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { is_panic: false, message: message.split('\n   0:')[0], error_code: code, meta: null };
}

// The WebAssembly build reports panics to this global.
function setPanicHook(): void {
  const hook = { set_message: (message: string) => process.stderr.write(`${message}\n`) };
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: hook });
}
