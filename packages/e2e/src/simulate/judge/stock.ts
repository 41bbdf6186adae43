import type { Finding } from '@tally/audit';
import { byOrder, standing, unsuccessful, type Evidence } from '../evidence.ts';

/** What the movements of one variant come to. */
interface Sum {
  available: number;
  reserved: number;
  movements: number;
  lowest: number;
}

const signs: Readonly<Record<string, readonly [available: number, reserved: number]>> = {
  RESERVED: [-1, 1],
  RELEASED: [1, -1],
  COMMITTED: [0, -1],
};

/** I3: nothing is, or ever was, below zero. I4: stock rows are the sum of their movements, and nothing is held but for an order that is to have it. */
export function judgeStock(evidence: Evidence): readonly Finding[] {
  const sums = sumsOf(evidence);
  const rows = new Map(evidence.stock.map((row) => [row.variantId, row]));
  const variants = [...new Set([...rows.keys(), ...sums.keys()])];
  const below: string[] = [];
  const off: string[] = [];
  for (const id of variants) {
    const row = rows.get(id) ?? { available: null, reserved: null, version: null };
    const { available, reserved, movements, lowest } = sums.get(id) ?? { available: 0, reserved: 0, movements: 0, lowest: 0 };
    if (Math.min(row.available ?? 0, row.reserved ?? 0, lowest) < 0)
      below.push(`${id}: ${String(row.available)} available, ${String(row.reserved)} reserved, ${lowest} at its lowest`);
    if (row.available !== available || row.reserved !== reserved || row.version !== movements)
      off.push(
        `${id}: ${String(row.available)} + ${String(row.reserved)} at version ${String(row.version)}, movements say ` +
          `${available} + ${reserved} after ${movements}`,
      );
  }
  return [
    { id: 'I3', title: 'no oversell: nothing is or was below zero', checked: variants.length, violations: below },
    {
      id: 'I4',
      title: 'no leak: movements sum to the stock rows, nothing is held for what has ended',
      checked: variants.length,
      violations: [...off, ...heldForNobody(evidence), ...claimsAmiss(evidence), ...otherLines(evidence)],
    },
  ];
}

function sumsOf({ movements }: Evidence): ReadonlyMap<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const { variantId, kind, quantity } of movements.toSorted((left, right) => left.version - right.version)) {
    const before = sums.get(variantId);
    const [available, reserved] = signs[kind] ?? [1, 0];
    const sum = before ?? { available: 0, reserved: 0, movements: 0, lowest: Infinity };
    sum.available += available * quantity;
    sum.reserved += reserved * quantity;
    sum.movements += 1;
    sum.lowest = Math.min(sum.lowest, sum.available, sum.reserved);
    if (before === undefined) sums.set(variantId, sum);
  }
  return sums;
}

function heldForNobody({ claims, reservations, stock }: Evidence): readonly string[] {
  const claimOf = byOrder(claims);
  const held = new Map<string, number>();
  for (const { orderId, variantId, quantity } of reservations)
    if (claimOf.get(orderId)?.state === 'RESERVED') held.set(variantId, (held.get(variantId) ?? 0) + quantity);
  const reserved = new Map(stock.map((row) => [row.variantId, row.reserved]));
  return [...new Set([...reserved.keys(), ...held.keys()])].flatMap((id) => {
    const [left, right] = [reserved.get(id) ?? 0, held.get(id) ?? 0];
    return left === right ? [] : [`${id}: ${left} reserved, claims hold ${right}`];
  });
}

/** While its saga is under way, a claim may still be RESERVED although the order is CONFIRMED, or PROCESSING because the money came first. */
function claimsAmiss({ claims, orders, sagas }: Evidence): readonly string[] {
  const [claimOf, sagaOf] = [byOrder(claims), byOrder(sagas)];
  const statusOf = new Map(orders.map(({ id, status }) => [id, status]));
  return [...new Set([...claimOf.keys(), ...statusOf.keys()])].flatMap((id) => {
    const [state, status] = [claimOf.get(id)?.state, statusOf.get(id)];
    const failed = status !== undefined && unsuccessful.includes(status);
    const stands = status !== undefined && standing.includes(status);
    const amiss =
      status === undefined ||
      (state === undefined && stands) ||
      (state === 'RESERVED' && (sagaOf.get(id)?.step === 'ENDED' || failed)) ||
      (state === 'COMMITTED' && failed) ||
      ((state === 'RELEASED' || state === 'REJECTED') && stands);
    return amiss ? [`${id} is ${status ?? 'not there'}, its claim ${state ?? 'is not there'}`] : [];
  });
}

function otherLines({ claims, lines, reservations }: Evidence): readonly string[] {
  const claimOf = byOrder(claims);
  const holds = ({ orderId }: { readonly orderId: string }) => ['RESERVED', 'COMMITTED'].includes(claimOf.get(orderId)?.state ?? '');
  const keyed = (rows: Evidence['lines']) => new Map(rows.filter(holds).map((row) => [`${row.orderId} ${row.variantId}`, row]));
  const [ordered, claimed] = [keyed(lines), keyed(reservations)];
  return [...new Map([...ordered, ...claimed])].flatMap(([key, { orderId, variantId }]) => {
    const [left, right] = [ordered.get(key)?.quantity ?? 0, claimed.get(key)?.quantity ?? 0];
    return left === right ? [] : [`${orderId}: ${left} of ${variantId} ordered, ${right} claimed`];
  });
}
