/** A GraphQL request to one subgraph, over whichever transport. Header names are lower-case. */
export interface TransportRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Whether it may be sent again when the connection broke before an answer. */
  readonly repeatable: boolean;
}

/** `status` as over HTTP; `body` is parsed JSON that belongs to the receiver. */
export interface TransportResponse {
  readonly status: number;
  readonly body: unknown;
}

/** The way to one subgraph. */
export interface Transport extends AsyncDisposable {
  /**
   * @throws the signal's reason once it is aborted. @throws {UnreachableError} no whole answer came back.
   */
  send(request: TransportRequest): Promise<TransportResponse>;
}

/** No whole answer: refused, reset, timed out, too large, or not JSON. `late`: it was a timeout. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly late: boolean;
  constructor(message: string, options: ErrorOptions & { readonly late?: boolean } = {}) {
    super(message, options);
    this.late = options.late ?? false;
  }
}
