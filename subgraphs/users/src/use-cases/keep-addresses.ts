import { ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { maxAddresses, parseAddress, type AddressDraft } from '../domain/address.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';

export interface SaveAddress {
  readonly userId: Id<'usr'>;
  /** Absent: a new address. */
  readonly id: string | null | undefined;
  readonly address: { readonly [Field in keyof AddressDraft]?: AddressDraft[Field] | null | undefined };
}

export function createSaveAddress({ transact }: { transact: UnitOfWork }) {
  return async function saveAddress(command: SaveAddress): Promise<Outcome<null, Refusal>> {
    const draft = parseAddress(command.address);
    if (typeof draft === 'string') return refuse({ kind: 'INVALID', field: draft, message: 'This part of the address is missing or cannot be read.' });
    const id = command.id == null ? null : parseId('adr', command.id);
    if (command.id != null && id === null) return refuse({ kind: 'INVALID', field: 'id', message: 'This is no id of an address.' });
    const saved = await transact(({ accounts }) => accounts.saveAddress(command.userId, id, draft));
    if (saved === 'full') return refuse({ kind: 'INVALID', field: 'id', message: `An account keeps at most ${String(maxAddresses)} addresses.` });
    return saved === null ? refuse({ kind: 'NOT_FOUND', field: 'id' }) : ok(null);
  };
}

export function createRemoveAddress({ transact }: { transact: UnitOfWork }) {
  return async function removeAddress(userId: Id<'usr'>, given: string): Promise<Outcome<null, Refusal>> {
    const id = parseId('adr', given);
    if (id === null) return refuse({ kind: 'INVALID', field: 'id', message: 'This is no id of an address.' });
    return (await transact(({ accounts }) => accounts.removeAddress(userId, id))) ? ok(null) : refuse({ kind: 'NOT_FOUND', field: 'id' });
  };
}
