/** A statement as node-postgres prepares it: the name stands for the text, values travel as text. */
export interface PlainStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** What one order, or one request, comes to in plain SQL. */
export interface Unit {
  readonly statements: readonly PlainStatement[];
  /** Between BEGIN and COMMIT. */
  readonly transaction: boolean;
}

/** What the driver is told to do. Units are used in turn; the first `warmUp` runs are not measured. */
export interface Orders {
  readonly databaseUrl: string;
  readonly clients: number;
  readonly warmUp: number;
  readonly runs: number;
  readonly units: readonly Unit[];
}

export type FromDriver =
  { readonly kind: 'warm' } | { readonly kind: 'done'; readonly latenciesMs: readonly number[]; readonly elapsedMs: number };
