import { lockedSequence } from '@tally/events';
import { fromUuid, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { ClaimState, StockClaim } from '../../domain/stock-claim.ts';
import type { ClaimAfter, StockStore } from '../../ports/stock-store.ts';
import { toChangedStock, type StockRow } from './rows.ts';
import * as statement from './stock-statements.ts';

interface ClaimRow {
  readonly state: string;
  readonly sequence: number;
  readonly reason: string | null;
  readonly short: unknown;
}

/** A claim, joined with the stock rows that changed: one row without any when none did. */
type ClaimAndStockRow = ClaimRow & (StockRow | { readonly variant_id: null });

/** Stock on an open transaction. */
export function createStockStore(sql: Sql): StockStore {
  const run = (text: string, values: readonly unknown[]) => sql.rows<ClaimAndStockRow>(text, values);
  async function again(orderId: Id<'ord'>): Promise<ClaimAfter | null> {
    const [row] = await sql.rows<ClaimRow>(statement.answerAgain, [toUuid(orderId)]);
    return row === undefined ? null : { claim: toClaim(row), changed: [] };
  }
  return {
    async reserve(orderId, lines) {
      const values = [toUuid(orderId), lines.map(({ variantId }) => toUuid(variantId)), lines.map(({ quantity }) => quantity)];
      const after = toAfter(await run(statement.reserve, values)) ?? (await again(orderId));
      if (after === null) throw new Error(`${orderId} has neither a claim nor lines`);
      if (after.claim.state === 'RESERVED' && after.changed.length > 0 && after.changed.length < lines.length) {
        throw new Error(`${orderId} was granted ${after.changed.length} of ${lines.length} lines`);
      }
      return after;
    },
    async commit(orderId) {
      return toAfter(await run(statement.commit, [toUuid(orderId)])) ?? again(orderId);
    },
    async release(orderId, reason) {
      const values = [toUuid(orderId), reason];
      const after =
        toAfter(await run(statement.release, values)) ??
        toAfter(await run(statement.bury, values)) ??
        toAfter(await run(statement.release, values));
      if (after === null) throw new Error(`${orderId} has a claim that cannot be seen`);
      return after;
    },
    async adjust(variantId, delta, reason) {
      const [row] = await sql.rows<StockRow>(statement.adjust, [toUuid(variantId), delta, reason]);
      if (row !== undefined) return toChangedStock(row);
      const [present] = await sql.rows<{ readonly available: number }>('SELECT available FROM stock WHERE variant_id = $1::uuid', [
        toUuid(variantId),
      ]);
      return present === undefined ? null : { refused: delta < 0 ? 'short' : 'full', available: present.available };
    },
    async followStock(variantId) {
      await sql.rows(statement.lockSearchRow, [toUuid(variantId)]);
      await sql.count(statement.followStock, [toUuid(variantId)]);
    },
  };
}

function toAfter(rows: readonly ClaimAndStockRow[]): ClaimAfter | null {
  const [first] = rows;
  if (first === undefined) return null;
  return { claim: toClaim(first), changed: rows.flatMap((row) => (row.variant_id == null ? [] : [toChangedStock(row)])) };
}

function toClaim({ state, sequence, reason, short }: ClaimRow): StockClaim {
  const lines = short as readonly { readonly variantId: string; readonly requested: number; readonly available: number }[];
  const named = lines.map(({ variantId, requested, available }) => ({ variantId: fromUuid('var', variantId), requested, available }));
  return { state: state as ClaimState, sequence: lockedSequence(sequence), reason, short: named };
}
