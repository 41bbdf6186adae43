import { useQuery } from '@apollo/client/react';
import { hrefOf } from '../frame/places.ts';
import { clockTime } from '../look/moments.ts';
import { messages } from './documents.ts';

/** What was written about one order. */
export function MessagesAbout({ orderId }: { readonly orderId: string }) {
  const { data } = useQuery(messages);
  const about = data?.me?.notifications?.edges.map(({ node }) => node).filter(({ order }) => order?.id === orderId) ?? [];
  return (
    <section className="about" aria-label="Mail about this order">
      <h2>Mail about this order</h2>
      {about.length === 0 ? (
        <p className="soft">None yet.</p>
      ) : (
        <ul>
          {about.map(({ id, subject, createdAt }) => (
            <li key={id}>
              <a href={hrefOf({ kind: 'messages' })}>{subject}</a>
              <time className="soft" dateTime={createdAt}>
                {clockTime(createdAt)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
