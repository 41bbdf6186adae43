import { newId, ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { maxAddresses, parseAddress, type GivenAddress } from '../domain/address.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';

export interface SaveAddress {
  readonly userId: Id<'usr'>;
  /** Absent: a new address. */
  readonly id: string | null | undefined;
  readonly address: GivenAddress;
}

/** Adds an address, or replaces one of the caller's. The first one becomes the default, and there is one default at any time. */
export function createSaveAddress({ transact }: { readonly transact: UnitOfWork }) {
  return async function saveAddress({ userId, id: given, address }: SaveAddress): Promise<Outcome<null, Refusal>> {
    const draft = parseAddress(address);
    if (typeof draft === 'string')
      return refuse({ kind: 'INVALID', field: draft, message: 'This part of the address is missing or cannot be read.' });
    const known = given == null ? null : parseId('adr', given);
    if (given != null && known === null) return refuse({ kind: 'INVALID', field: 'id', message: 'This is no id of an address.' });

    return transact(async ({ addresses }) => {
      const kept = await addresses.lock(userId, known);
      if (kept === null || (known !== null && !kept.known)) return refuse({ kind: 'NOT_FOUND', field: 'id' });
      if (known === null && kept.count >= maxAddresses) {
        return refuse({ kind: 'INVALID', field: 'id', message: `An account keeps at most ${String(maxAddresses)} addresses.` });
      }
      await addresses.put(userId, known ?? newId('adr'), { ...draft, isDefault: draft.isDefault || kept.count === 0 }, known === null);
      return ok(null);
    });
  };
}

/** Removes one of the caller's addresses. */
export function createRemoveAddress({ transact }: { readonly transact: UnitOfWork }) {
  return async function removeAddress(userId: Id<'usr'>, given: string): Promise<Outcome<null, Refusal>> {
    const id = parseId('adr', given);
    if (id === null) return refuse({ kind: 'INVALID', field: 'id', message: 'This is no id of an address.' });
    return transact(async ({ addresses }) => {
      const kept = await addresses.lock(userId, id);
      if (kept?.known !== true) return refuse({ kind: 'NOT_FOUND', field: 'id' });
      await addresses.remove(userId, id);
      return ok(null);
    });
  };
}
