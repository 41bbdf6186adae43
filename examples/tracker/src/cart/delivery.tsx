import type { Address } from './checkout-documents.ts';

const fields = [
  { key: 'name', label: 'Name', autoComplete: 'name' },
  { key: 'line1', label: 'Street and number', autoComplete: 'address-line1' },
  { key: 'postalCode', label: 'Postal code', autoComplete: 'postal-code' },
  { key: 'city', label: 'City', autoComplete: 'address-level2' },
  { key: 'country', label: 'Country code', autoComplete: 'country' },
] as const;

/** Where it goes: the account's address in a line, and open to be changed. */
export function Delivery({
  address,
  known,
  onChange,
}: {
  readonly address: Address;
  /** The account has been asked. */
  readonly known: boolean;
  readonly onChange: (address: Address) => void;
}) {
  const complete = address.line1 !== '' && address.city !== '';
  return (
    <details className="delivery" open={known && !complete}>
      <summary>
        <span>
          <b>Deliver to</b>
          <span className="soft">{complete ? `${address.line1}, ${address.postalCode} ${address.city}` : '…'}</span>
        </span>
        <span className="change">Change</span>
      </summary>
      <div className="fields">
        {fields.map(({ key, label, autoComplete }) => (
          <label key={key}>
            {label}
            <input
              value={address[key] ?? ''}
              autoComplete={autoComplete}
              required={key !== 'name'}
              maxLength={key === 'country' ? 2 : 200}
              onChange={(event) => {
                onChange({ ...address, [key]: event.currentTarget.value });
              }}
            />
          </label>
        ))}
      </div>
    </details>
  );
}
