import { useState } from 'react';
import type { Message } from './documents.ts';

/** A mail as its reader sees it. Nothing in it can run: its frame allows no scripts. */
export function Letter({ message: { subject, body, html } }: { readonly message: Message }) {
  const [height, setHeight] = useState(shortest);
  if (html === null) return <pre>{body}</pre>;
  return (
    <iframe
      className="letter"
      title={subject}
      // The same origin, so that its height can be read; links open beside the page.
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      srcDoc={`<base target="_blank">${html}`}
      style={{ height }}
      onLoad={(event) => {
        setHeight(event.currentTarget.contentDocument?.documentElement.scrollHeight ?? shortest);
      }}
    />
  );
}

const shortest = 320;
