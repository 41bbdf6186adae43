import { crashPoint } from '@tally/kernel';
import type { Contact } from '../domain/replicas.ts';
import type { Transact } from '../ports/unit.ts';
import type { NotificationsTelemetry } from '../telemetry.ts';

export interface KeepContactDeps {
  readonly transact: Transact;
  readonly telemetry: NotificationsTelemetry;
  readonly mailsDue: () => void;
}

/** Keeps the replica as new as the newest record of each user; what waited for an address goes on. */
export function createKeepContact({ transact, telemetry, mailsDue }: KeepContactDeps) {
  return async function keepContact(contact: Contact, version: number): Promise<void> {
    const isNewer = await transact(({ contacts }) => contacts.replace(contact, version));
    crashPoint('contact.keep.after');
    telemetry.contactKept(isNewer);
    if (isNewer) mailsDue();
  };
}
