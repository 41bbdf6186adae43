import type { AuthorisationView, LedgerEntry } from './domain/ledger.ts';
import type { MoneyOperation } from './domain/money-request.ts';
import type { Token } from './domain/tokens.ts';
import type { WebhookEvent } from './domain/webhook.ts';

/** Answers to queue, oldest first; without a token for calls with any token. */
export interface Script {
  readonly operation: MoneyOperation | 'enquire';
  readonly token?: Token;
  /** As the README spells them, such as `timeout-after` or `delay:3000`; 1 to 1,000. */
  readonly behaviours: readonly string[];
}

/** A webhook to send. What is absent is as the simulator would have it. */
export interface WebhookOrder {
  readonly url: string;
  readonly authorisation: string;
  /** Ledger row to tell; the newest when absent. */
  readonly entry?: number;
  /** Fields of the authorisation to send otherwise than they are. */
  readonly alter?: Readonly<Record<string, unknown>>;
  /** Unix seconds. */
  readonly timestamp?: number;
  readonly secret?: string;
  /** The whole header, right or wrong. */
  readonly signature?: string;
}

/** The admin calls, typed. Every method may throw `SimulatorAdminError`, or `TypeError` of `fetch` when nobody listens (retryable). */
export interface SimulatorAdmin {
  script(script: Script): Promise<void>;
  clearScript(): Promise<void>;
  /** All rows, or those of one order, oldest first. */
  ledger(order?: string): Promise<readonly LedgerEntry[]>;
  /** The buyer approves an authorisation that waits for it. */
  approve(authorisation: string): Promise<AuthorisationView>;
  expire(authorisation: string): Promise<AuthorisationView>;
  /** Resolves once the receiver has answered; `status` is its answer. */
  webhook(order: WebhookOrder): Promise<{ readonly status: number; readonly event: WebhookEvent; readonly signature: string }>;
}

/** The simulator refused an admin call; `body` says why. Not retryable. */
export class SimulatorAdminError extends Error {
  override readonly name = 'SimulatorAdminError';
  readonly retryable = false;
  readonly code: string;
  readonly status: number;

  constructor(call: string, status: number, body: string) {
    super(`${call} was answered ${String(status)}: ${body}`);
    this.status = status;
    this.code = codeIn(body);
  }
}

/** @param url origin of a simulator, without a slash at the end. */
export function createSimulatorAdmin(url: string): SimulatorAdmin {
  async function call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new SimulatorAdminError(`${method} ${path}`, response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }

  return {
    async script(script) {
      await call('POST', '/admin/script', script);
    },
    clearScript: () => call('DELETE', '/admin/script'),
    async ledger(order) {
      const entries: LedgerEntry[] = [];
      let after: number | null = 0;
      while (after !== null) {
        const query = new URLSearchParams({ after: String(after), ...(order === undefined ? {} : { order }) });
        const page: LedgerPage = await call('GET', `/admin/ledger?${query.toString()}`);
        entries.push(...page.entries);
        after = page.next;
      }
      return entries;
    },
    approve: (authorisation) => call('POST', `/admin/approve/${encodeURIComponent(authorisation)}`),
    expire: (authorisation) => call('POST', `/admin/expire/${encodeURIComponent(authorisation)}`),
    webhook: (order) => call('POST', '/admin/webhook', order),
  };
}

interface LedgerPage {
  readonly entries: readonly LedgerEntry[];
  readonly next: number | null;
}

function codeIn(body: string): string {
  try {
    return (JSON.parse(body) as { error?: { code?: string } }).error?.code ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
