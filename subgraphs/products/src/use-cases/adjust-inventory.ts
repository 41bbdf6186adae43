import { crashPoint, ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { limits, parseText } from '../domain/limits.ts';
import { stockLevelChanged } from '../domain/messages.ts';
import { invalid, type Refusal } from '../domain/refusal.ts';
import type { RecordedRequest, Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';
import { allOrRefused } from './undone.ts';

export interface AdjustInventory {
  /** Whose keys these are: the caller's id. */
  readonly scope: string;
  readonly key: string | null;
  /** Of the input as sent, without the key. */
  readonly fingerprint: string;
  readonly variantId: Id<'var'> | null;
  readonly delta: number;
  readonly reason: string;
}

export interface Adjusted {
  readonly variantId: Id<'var'>;
  readonly replayed: boolean;
}

const operation = 'inventoryAdjust';

/** Adds to, or takes from, what is available, once per key. What is refused leaves the key free. */
export function createAdjustInventory({ transact, telemetry }: { readonly transact: Transact; readonly telemetry: Telemetry }) {
  return async function adjustInventory(command: AdjustInventory): Promise<Outcome<Adjusted, readonly Refusal[]>> {
    const { scope, key, fingerprint, variantId, delta } = command;
    if (key === null) return refuse([invalid('An idempotency key has 1 to 255 printable characters.', 'idempotencyKey')]);
    const outcome = await allOrRefused(transact, async ({ idempotency, stock, outbox }): Promise<Outcome<Adjusted, readonly Refusal[]>> => {
      // First of all: a replay answers although the request may no longer be valid by now.
      const earlier = await idempotency.find(scope, operation, key);
      if (earlier !== null) return replay(earlier, fingerprint);
      const reason = parseText(command.reason, limits.reason);
      if (reason === null) return refuse([invalid(`A reason has 1 to ${limits.reason} characters.`, 'reason')]);
      if (delta === 0 || Math.abs(delta) > limits.stock)
        return refuse([invalid(`A change is not zero and at most ${limits.stock}.`, 'delta')]);
      if (variantId === null) return refuse([noVariant]);

      const claimed = await idempotency.claim(scope, operation, key, fingerprint, { variantId });
      if (claimed !== 'claimed') return replay(claimed, fingerprint);
      const level = await stock.adjust(variantId, delta, reason);
      if (level === null) return refuse([noVariant]);
      if ('refused' in level) return refuse([level.refused === 'short' ? short(level.available) : full]);
      await outbox.append(stockLevelChanged(level));
      return ok({ variantId, replayed: false });
    });
    if (!outcome.ok) return outcome;
    crashPoint('stock.adjust.after');
    if (!outcome.value.replayed) telemetry.stockAdjusted(outcome.value.variantId, delta);
    return outcome;
  };
}

const noVariant: Refusal = { kind: 'not-found', field: ['variantId'], message: 'There is no such variant.' };
const short = (available: number): Refusal => ({ kind: 'insufficient-stock', field: ['delta'], available });
const full = invalid(`A variant has at most ${limits.stock} units.`, 'delta');

function replay({ fingerprint, result }: RecordedRequest, asked: string): Outcome<Adjusted, readonly Refusal[]> {
  if (fingerprint !== asked) return refuse([{ kind: 'key-reused' }]);
  const recorded: unknown = typeof result === 'object' && result !== null && 'variantId' in result ? result.variantId : null;
  const variantId = parseId('var', recorded);
  return variantId === null ? refuse([{ kind: 'in-progress' }]) : ok({ variantId, replayed: true });
}
