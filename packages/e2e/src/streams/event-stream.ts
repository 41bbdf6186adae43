import { documentOf } from '../client/documents.ts';
import type { Inbox } from './inbox.ts';
import type { EventStream, Protocol, StreamClient, Subscription } from './stream-client.ts';

/** What a protocol can do to the connection of one stream. */
export type Connection = Pick<EventStream<unknown>, 'cut' | 'pause' | 'proceed' | 'leave'>;

/** Puts a subscription on its way; what it brings goes into the inbox. */
export type Connect = (subscription: Subscription, inbox: Inbox) => Connection;

/** Everything of a client that is the same whatever the protocol. */
export function streamsOver(
  protocol: Protocol,
  connect: Connect,
  newInbox: (resumeAfter: number | null) => Inbox,
): Omit<StreamClient, symbol> {
  function subscribe<Data>(query: string, variables: Readonly<Record<string, unknown>>, resumeAfter: number | null): EventStream<Data> {
    const inbox = newInbox(resumeAfter) as Inbox<Data>;
    const connection = connect({ query, variables, resumeAfter }, inbox);
    return {
      get events() {
        return inbox.events;
      },
      get heartbeats() {
        return inbox.heartbeats;
      },
      get lastSequence() {
        return inbox.lastSequence;
      },
      next: inbox.next,
      ended: inbox.ended,
      ...connection,
      resume: () => subscribe<Data>(query, variables, inbox.lastSequence),
      [Symbol.dispose]: connection.leave,
    };
  }
  return {
    protocol,
    open: (operation, variables, { resumeAfter = null } = {}) => subscribe(documentOf(operation), variables, resumeAfter),
    subscribe: (query, variables, { resumeAfter = null } = {}) => subscribe(query, variables, resumeAfter),
  };
}

/** Variables that say where to go on, for a subscription that can. */
export const resumedBy = ({ query, variables, resumeAfter }: Subscription): Readonly<Record<string, unknown>> =>
  resumeAfter === null || !query.includes('$afterSequence') ? variables : { ...variables, afterSequence: resumeAfter };
