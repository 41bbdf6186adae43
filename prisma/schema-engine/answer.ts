import type {
  ApplyMigrationsInput,
  CreateMigrationInput,
  CreateMigrationOutput,
  DbExecuteParams,
  DevDiagnosticInput,
  DiagnoseMigrationHistoryInput,
  DiffParams,
  EvaluateDataLossInput,
  EvaluateDataLossOutput,
  IntrospectParams,
  IntrospectSqlParams,
  MarkMigrationAppliedInput,
  MarkMigrationRolledBackInput,
  ResetInput,
  SchemaEngine,
  SchemaPushInput,
} from '@prisma/schema-engine-wasm';

export type Request =
  | { readonly method: 'applyMigrations'; readonly params: ApplyMigrationsInput }
  | { readonly method: 'createDatabase' | 'ensureConnectionValidity' | 'getDatabaseVersion'; readonly params: unknown }
  | { readonly method: 'createMigration'; readonly params: CreateMigrationInput }
  | { readonly method: 'dbExecute'; readonly params: DbExecuteParams }
  | { readonly method: 'devDiagnostic'; readonly params: DevDiagnosticInput }
  | { readonly method: 'diagnoseMigrationHistory'; readonly params: DiagnoseMigrationHistoryInput }
  | { readonly method: 'diff'; readonly params: DiffParams }
  | { readonly method: 'evaluateDataLoss'; readonly params: EvaluateDataLossInput }
  | { readonly method: 'introspect'; readonly params: IntrospectParams }
  | { readonly method: 'introspectSql'; readonly params: IntrospectSqlParams }
  | { readonly method: 'markMigrationApplied'; readonly params: MarkMigrationAppliedInput }
  | { readonly method: 'markMigrationRolledBack'; readonly params: MarkMigrationRolledBackInput }
  | { readonly method: 'reset'; readonly params: ResetInput }
  | { readonly method: 'schemaPush'; readonly params: SchemaPushInput };

/** What goes back to the CLI; `print` is text it must show, and must get before the result. */
export type Answer = { readonly result: unknown; readonly print: string | null };

/**
 * Passes a request to the engine, or works out what its WebAssembly build refuses.
 *
 * @throws {Error} the engine's own error, with Prisma's `code` (P…) where it has one.
 */
export async function answer(engine: SchemaEngine, request: Request): Promise<Answer> {
  if (request.method !== 'diff') return { result: (await resultOf(engine, request)) ?? {}, print: null };
  const result = await engine.diff(request.params);
  return { result, print: result.stdout };
}

async function resultOf(engine: SchemaEngine, request: Exclude<Request, { method: 'diff' }>): Promise<unknown> {
  switch (request.method) {
    case 'createMigration':
      return createMigration(engine, request.params);
    case 'evaluateDataLoss':
      return evaluateDataLoss(engine, request.params);
    case 'getDatabaseVersion':
      return engine.version(null);
    case 'createDatabase':
    case 'ensureConnectionValidity':
      return undefined; // the adapter connects by itself, and `probe.ts` makes databases
    case 'applyMigrations':
      return engine.applyMigrations(request.params);
    case 'dbExecute':
      return engine.dbExecute(request.params);
    case 'devDiagnostic':
      return engine.devDiagnostic(request.params);
    case 'diagnoseMigrationHistory':
      return engine.diagnoseMigrationHistory(request.params);
    case 'introspect':
      return engine.introspect(request.params);
    case 'introspectSql':
      return engine.introspectSql(request.params);
    case 'markMigrationApplied':
      return engine.markMigrationApplied(request.params);
    case 'markMigrationRolledBack':
      return engine.markMigrationRolledBack(request.params);
    case 'reset':
      return engine.reset(request.params);
    case 'schemaPush':
      return engine.schemaPush(request.params);
    default:
      throw new Error(`this schema engine does not know "${(request satisfies never as { method: string }).method}"`);
  }
}

// The WebAssembly build refuses `createMigration` and `evaluateDataLoss`. A diff from the migrations to the schema knows both answers.
async function pendingChange(engine: SchemaEngine, { migrationsList, schema, filters }: CreateMigrationInput | EvaluateDataLossInput) {
  const { exitCode, stdout } = await engine.diff({
    from: migrationsList.migrationDirectories.length > 0 ? { tag: 'migrations', ...migrationsList } : { tag: 'empty' },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: true,
    filters,
  });
  return { changed: exitCode !== 0, sql: stdout ?? '' };
}

async function createMigration(engine: SchemaEngine, input: CreateMigrationInput): Promise<CreateMigrationOutput> {
  const { changed, sql } = await pendingChange(engine, input);
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  return {
    connectorType: 'postgresql',
    extension: 'sql',
    generatedMigrationName: `${stamp}_${input.migrationName || 'migration'}`,
    migrationScript: changed || input.draft ? sql : null,
  };
}

// Zero steps must be said: told of a step that does not exist, `migrate dev` asks for a name and hangs a script.
async function evaluateDataLoss(engine: SchemaEngine, input: EvaluateDataLossInput): Promise<EvaluateDataLossOutput> {
  const { changed, sql } = await pendingChange(engine, input);
  const risky = sql.split('\n').filter((line) => /\bDROP (TABLE|COLUMN|TYPE|SCHEMA)\b|SET DATA TYPE/.test(line));
  return {
    migrationSteps: changed ? 1 : 0,
    unexecutableSteps: [],
    warnings: risky.map((line) => ({ stepIndex: 0, message: `may lose data: ${line.trim()}` })),
  };
}
