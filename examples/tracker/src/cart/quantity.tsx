/** A number with a button on either side. */
export function Quantity({
  of,
  value,
  least,
  busy,
  onChange,
}: {
  readonly of: string;
  readonly value: number;
  readonly least: 0 | 1;
  readonly busy: boolean;
  readonly onChange: (value: number) => void;
}) {
  return (
    <span className="quantity" role="group" aria-label={`Quantity of ${of}`}>
      <button
        type="button"
        aria-label={`One less ${of}`}
        disabled={busy || value <= least}
        onClick={() => {
          onChange(value - 1);
        }}
      >
        −
      </button>
      <output aria-label={`Quantity: ${String(value)}`}>{value}</output>
      <button
        type="button"
        aria-label={`One more ${of}`}
        disabled={busy || value >= 1_000}
        onClick={() => {
          onChange(value + 1);
        }}
      >
        +
      </button>
    </span>
  );
}
