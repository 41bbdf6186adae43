import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { hrefOf } from '../frame/places.ts';
import { quietly } from '../graph/quietly.ts';
import { clockTime } from '../look/moments.ts';
import { markRead, messages, type Message } from './documents.ts';
import { Letter } from './letter.tsx';
import { previewOf } from './preview.ts';

/** One mail: its beginning, and all of it once it is opened, which reads it. */
export function MessageEntry({ message, missed }: { readonly message: Message; readonly missed: boolean }) {
  const { id, subject, createdAt, readAt, order } = message;
  const [open, setOpen] = useState(false);
  const [mark] = useMutation(markRead, { refetchQueries: [messages] });

  function toggle(nowOpen: boolean): void {
    setOpen(nowOpen);
    if (nowOpen && readAt === null) quietly(mark({ variables: { ids: [id] } })); // stays unread
  }

  return (
    <li className={readAt === null ? 'unread' : ''}>
      <details
        onToggle={(event) => {
          toggle(event.currentTarget.open);
        }}
      >
        <summary>
          <span className="message-head">
            <b>{subject}</b>
            <time className="soft" dateTime={createdAt}>
              {clockTime(createdAt)}
            </time>
          </span>
          <span className="soft preview">{previewOf(message.body)}</span>
          {missed ? <span className="missed-mark">missed while offline</span> : null}
          {readAt === null ? <span className="unseen">, unread</span> : null}
        </summary>
        {open ? <Letter message={message} /> : null}
        {order === null ? null : <a href={hrefOf({ kind: 'order', id: order.id })}>Order {order.number}</a>}
      </details>
    </li>
  );
}
