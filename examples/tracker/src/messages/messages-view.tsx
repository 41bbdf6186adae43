import { useQuery } from '@apollo/client/react';
import type { Arrivals } from '../frame/use-feeds.ts';
import { faultOf } from '../graph/faults.ts';
import { quietly } from '../graph/quietly.ts';
import { Fault } from '../look/refusals.tsx';
import { messages } from './documents.ts';
import { MessageEntry } from './message-entry.tsx';

/** Every mail of the shop, newest first. */
export function MessagesView({ arrivals }: { readonly arrivals: Arrivals }) {
  const { data, error, refetch } = useQuery(messages, { fetchPolicy: 'cache-and-network' });
  const all = data?.me?.notifications?.edges.map(({ node }) => node);

  if (all === undefined && error !== undefined) return <Fault text={faultOf(error)} onRetry={() => quietly(refetch())} />;
  if (all === undefined) return <p className="empty">Looking for your mail …</p>;
  if (all.length === 0) return <p className="empty">No mail yet. The shop writes when an order is confirmed, sent and delivered.</p>;
  return (
    <section aria-label="Mail">
      <h1 className="pane-title">Messages</h1>
      <ul className="messages" aria-label="Messages">
        {all.map((message) => (
          <MessageEntry key={message.id} message={message} missed={arrivals.get(message.id) === 'missed'} />
        ))}
      </ul>
    </section>
  );
}
