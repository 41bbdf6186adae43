import { approve, expire } from '../domain/authorisation.ts';
import { findAuthorisation, lockAuthorisation } from '../store/authorisations.ts';
import type { Database } from '../store/database.ts';
import type { RecordedAnswer } from '../store/idempotency-keys.ts';
import { findEntries } from '../store/ledger.ts';
import { refusalAnswer, write, type ActionUrl } from './perform.ts';

const decisions = { approve, expire };

/** What happens to an authorisation without a call of the merchant: the buyer approves, or time passes. `null` when there is no such authorisation. */
export async function intervene(
  db: Database,
  what: keyof typeof decisions,
  id: string,
  actionUrl: ActionUrl,
): Promise<RecordedAnswer | null> {
  if ((await findAuthorisation(db, id)) === null) return null;
  return db.transact(async (tx) => {
    const before = await lockAuthorisation(tx, id);
    const earlier = await findEntries(tx, [id]);
    const { view, refusal } = await write(tx, before, earlier, decisions[what](before), { key: null, behaviour: null }, null, actionUrl);
    return refusal === null ? { status: 200, body: JSON.stringify(view) } : refusalAnswer(refusal, view);
  });
}
