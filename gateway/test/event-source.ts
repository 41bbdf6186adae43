import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { eventually } from '@tally/testkit';

export interface ServerEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string | undefined;
}

/** A response that is read as it comes. */
export interface OpenAnswer extends Disposable {
  readonly response: IncomingMessage;
  readonly text: string;
  readonly ended: boolean;
  /** The whole of it. */
  rest(): Promise<string>;
  /** Events so far, comments left out. */
  readonly events: readonly ServerEvent[];
  readonly comments: number;
  heard(count: number): Promise<readonly ServerEvent[]>;
}

export interface StreamAsk {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export const eventStream = { accept: 'text/event-stream', 'content-type': 'application/json' } as const;

/** Asks by POST with a subscription, unless told otherwise, and gives the answer once its head is there. */
export async function ask(url: string, options: StreamAsk = {}): Promise<OpenAnswer> {
  const { method = 'POST', path = '/graphql', headers = eventStream, body = { query: 'subscription { a }' } } = options;
  const asked: ClientRequest = request(`${url}${path}`, { method, headers, agent: false });
  asked.on('error', () => undefined);
  asked.end(method === 'POST' ? (typeof body === 'string' ? body : JSON.stringify(body)) : undefined);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  let ended = false;
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => (text += chunk));
  response.on('end', () => (ended = true));
  response.on('error', () => undefined);

  const answer: OpenAnswer = {
    response,
    get text() {
      return text;
    },
    get ended() {
      return ended;
    },
    async rest() {
      await eventually(() => ended);
      return text;
    },
    get events() {
      return blocksOf(text)
        .filter((block) => !block.startsWith(':'))
        .map(eventOf);
    },
    get comments() {
      return blocksOf(text).filter((block) => block.startsWith(':')).length;
    },
    async heard(count) {
      await eventually(() => answer.events.length >= count);
      return answer.events;
    },
    [Symbol.dispose]() {
      asked.destroy();
    },
  };
  return answer;
}

/** What is not closed by an empty line has not arrived. */
const blocksOf = (text: string): readonly string[] => text.split('\n\n').slice(0, -1);

function eventOf(block: string): ServerEvent {
  const lines = block.split('\n');
  const valueOf = (name: string): string | undefined =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trimStart();
  return { event: valueOf('event') ?? 'message', id: valueOf('id'), data: valueOf('data') };
}
