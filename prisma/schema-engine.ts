#!/usr/bin/env -S node --experimental-wasm-modules --disable-warning=ExperimentalWarning
// Stands in for Prisma's native schema engine, which the CLI would download: the CLI speaks JSON-RPC to this process
// and the WebAssembly build of the same engine answers. `prisma.config.ts` of each schema points the CLI here.
//
// One command per process. The engine takes an advisory lock for a migration and only frees it by exiting.
import { parseCommandLine } from './schema-engine/command-line.ts';

const command = parseCommandLine(process.argv.slice(2));

if (command.kind === 'probe') {
  const { probe } = await import('./schema-engine/probe.ts');
  process.exitCode = await probe(command.action, command.connection);
} else {
  const { serve } = await import('./schema-engine/serve.ts');
  await serve(command.datamodels, command.connection);
}
process.exit();
