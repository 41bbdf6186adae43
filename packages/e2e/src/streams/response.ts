import type { AnswerError } from '../client/graph.ts';
import { Client, type Dispatcher } from 'undici';
import type { Connect, Connection } from './event-stream.ts';
import type { Inbox } from './inbox.ts';
import type { StreamClientOptions, Subscription } from './stream-client.ts';

/** How a protocol writes its request and reads the body. */
export interface Reading {
  /** Headers of the request, `accept` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Content type of an answer that is a stream. */
  readonly contentType: RegExp;
  /** @returns takes the next piece of text. The protocol's last word calls `inbox.complete()`. */
  readonly read: (contentType: string, inbox: Inbox) => (text: string) => void;
}

const answerMs = 30_000;

/** Streams that are answers over HTTP/1.1, each on a connection of its own. */
export function createResponses(
  { url, token, headers = {}, localAddress = () => undefined }: StreamClientOptions,
  reading: (subscription: Subscription) => Reading,
) {
  const open = new Set<Connection>();
  const origin = url.replace(/\/(graphql)?\/?$/, '');

  const connect: Connect = (subscription, inbox) => {
    const { read, contentType, variables, headers: own } = reading(subscription);
    const address = localAddress();
    const client = new Client(origin, {
      connect: { timeout: 5_000 },
      ...(address === undefined ? {} : { localAddress: address }),
      headersTimeout: answerMs,
      bodyTimeout: 0,
    });
    let [body, paused]: [Dispatcher.ResponseData['body'] | undefined, boolean] = [undefined, false];

    async function take(): Promise<void> {
      const response = await client.request({
        path: '/graphql',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...own,
          ...headers,
        },
        body: JSON.stringify({ query: subscription.query, variables }),
      });
      const type = String(response.headers['content-type']);
      if (response.statusCode !== 200 || !contentType.test(type)) {
        inbox.end({ reason: 'failed', status: response.statusCode, errors: errorsIn(await response.body.text()) });
        return;
      }
      body = response.body.setEncoding('utf8');
      const next = read(type, inbox);
      body.on('data', (text: string) => {
        try {
          next(text);
        } catch (cause) {
          inbox.end({ reason: 'failed', errors: [{ message: `unreadable: ${String(cause)} in ${text}` }] });
        }
      });
      if (paused) body.pause();
      await new Promise((resolve) => body?.once('close', resolve).once('error', resolve));
    }

    function close(reason: 'left' | 'cut'): void {
      inbox.end({ reason });
      open.delete(connection);
      client.destroy().catch(() => undefined);
    }
    const connection: Connection = {
      cut() {
        close('cut');
      },
      // HTTP has no other goodbye.
      leave() {
        close('left');
      },
      pause() {
        paused = true;
        body?.pause();
      },
      proceed() {
        paused = false;
        body?.resume();
      },
    };
    open.add(connection);
    take()
      .catch(() => undefined) // a connection that broke: it ended without a word
      .finally(() => {
        close('cut');
      });
    return connection;
  };

  return {
    connect,
    leaveAll() {
      for (const { leave } of open) leave();
    },
  };
}

function errorsIn(text: string): readonly AnswerError[] {
  try {
    const { errors } = JSON.parse(text) as { readonly errors?: readonly AnswerError[] };
    return errors ?? [{ message: text.slice(0, 500) }];
  } catch {
    return [{ message: text.slice(0, 500) }];
  }
}
