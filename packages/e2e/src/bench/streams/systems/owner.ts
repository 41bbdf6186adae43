import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Past } from '../past.ts';
import { ownOrder, stockLevel } from '../watched.ts';
import { readSelections, selected, type Selection } from './selection.ts';

/** Stands for products, orders and users, as far as streams need them: answers replays from memory, and hands out public keys. */
export interface Owner extends AsyncDisposable {
  readonly url: string;
  /** Replays asked for so far. */
  replays(): number;
  /** Those among them that nobody waited for in the end. */
  abandoned(): number;
}

const mostEvents = 1_000;

interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @param jwks text of the set of keys that tokens are signed with. */
export async function startOwner(past: Past, jwks: string): Promise<Owner> {
  const selections = new Map<string, readonly Selection[]>();
  let replays = 0;
  let abandoned = 0;

  async function answer({ query, variables }: Asked): Promise<unknown> {
    const roots = selections.get(query) ?? readSelections(query);
    selections.set(query, roots);
    replays += 1;
    const afterMs = Math.max(0, ...keysIn(variables).map((key) => past.telling(key).afterMs));
    if (afterMs > 0) await pause(afterMs);
    return {
      data: Object.fromEntries(
        roots.map(({ responseKey, field, below }) => [responseKey, selected(eventsOf(past, field, variables), below)]),
      ),
    };
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = request.method === 'POST' ? JSON.stringify(await answer(JSON.parse(await textOf(request)) as Asked)) : jwks;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  }

  const server = createServer((request, response) => {
    response.once('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    respond(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on TCP');
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    replays: () => replays,
    abandoned: () => abandoned,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Variables = Asked['variables'];

/** Whatever a replay calls its variables: ids are the keys, a number is the sequence to go on from. */
const keysIn = (variables: Variables): readonly string[] =>
  Object.values(variables)
    .flat()
    .filter((value) => typeof value === 'string');

function eventsOf(past: Past, field: string, variables: Variables): readonly unknown[] {
  if (field === 'inventoryEvents') return keysIn(variables).map((key) => stockLevel.event(key, past.at(key)));
  const [key = ''] = keysIn(variables);
  const last = past.at(key);
  const after = Object.values(variables).find((value) => typeof value === 'number') ?? Math.max(0, last - 1);
  const { note } = past.telling(key);
  return Array.from({ length: Math.min(mostEvents, last - after) }, (_, index) => ({ ...ownOrder.event(key, after + index + 1), note }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) text += part as string;
  return text;
}
