import { parseId, type Id } from '@tally/kernel';
import type { Notification } from '../domain/notification.ts';
import type { ErrorCode } from '../generated/resolvers.ts';

/** A member of `userErrors` as its resolvers get it. */
export interface UserErrorModel {
  readonly __typename: 'BasicError';
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: readonly string[] | null;
}

export interface NotificationsPayloadModel {
  readonly notifications: Notification[];
  readonly userErrors: UserErrorModel[];
}

/** Most ids of one mutation. */
const mostIds = 250;

/**
 * The one place where ids of a mutation become notifications or refusals: each id is found, or says at its own place why not. Too many are refused
 * together.
 *
 * @param act gets distinct ids; what it does not give back is missing, or not the caller's.
 */
export async function toPayload(
  given: readonly string[],
  act: (ids: readonly Id<'ntf'>[]) => Promise<ReadonlyMap<Id<'ntf'>, Notification>>,
): Promise<NotificationsPayloadModel> {
  if (given.length > mostIds)
    return { notifications: [], userErrors: [refused('INVALID', `At most ${String(mostIds)} ids at once.`, ['ids'])] };
  const asked = given.map((text, at) => ({ id: parseId('ntf', text), field: ['ids', String(at)] }));
  const ids = [...new Set(asked.map(({ id }) => id).filter((id) => id !== null))];
  const found = await act(ids);
  return {
    notifications: ids.map((id) => found.get(id)).filter((notification) => notification !== undefined),
    userErrors: asked.flatMap(({ id, field }) => {
      if (id === null) return [refused('INVALID', 'This is no id of a notification.', field)];
      return found.has(id) ? [] : [refused('NOT_FOUND', 'Not found.', field)];
    }),
  };
}

const refused = (code: ErrorCode, message: string, field: readonly string[]): UserErrorModel => ({
  __typename: 'BasicError',
  code,
  message,
  field,
});
