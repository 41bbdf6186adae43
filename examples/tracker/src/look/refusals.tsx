import type { Refusal } from '../graph/refusal.ts';
import { formatCount, formatMoney } from './money.ts';

/** Why the shop said no, each reason with what it is about. */
export function Refusals({ refusals, title }: { readonly refusals: readonly Refusal[]; readonly title: string }) {
  if (refusals.length === 0) return null;
  return (
    <div className="notice bad" role="alert">
      <p className="notice-title">{title}</p>
      <ul>
        {refusals.map((refusal, at) => (
          <li key={at}>{sentenceOf(refusal)}</li>
        ))}
      </ul>
    </div>
  );
}

function sentenceOf(refusal: Refusal): string {
  const { code, message, variant, requested, available, expected, actual } = refusal;
  if (code === 'INSUFFICIENT_STOCK' && requested !== undefined && available !== undefined) {
    const what = variant == null ? 'One line' : `${variant.product.title}, ${variant.title}`;
    return available === 0
      ? `${what} is sold out; you wanted ${formatCount(requested)}.`
      : `${what}: you wanted ${formatCount(requested)}, only ${formatCount(available)} are left.`;
  }
  if (code === 'PRICE_CHANGED' && expected !== undefined && actual !== undefined)
    return `The total has changed from ${formatMoney(expected)} to ${formatMoney(actual)}.`;
  return message;
}

/** Something went wrong that nobody refused. */
export function Fault({ text, onRetry }: { readonly text: string; readonly onRetry?: () => void }) {
  return (
    <div className="notice bad" role="alert">
      <p>{text}</p>
      {onRetry === undefined ? null : (
        <button type="button" className="quiet" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
