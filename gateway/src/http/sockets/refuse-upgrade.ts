import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from '../../refusal.ts';

/** Answers an upgrade with an error in the form of all others, and hangs up. */
export function refuseUpgrade(socket: Socket, { message, extensions }: Refusal): void {
  const { http, ...rest } = extensions;
  const { status, headers } = http as { readonly status: number; readonly headers: ReadonlyMap<string, string> };
  const body = JSON.stringify({ errors: [{ message, extensions: rest }] });
  const head = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
    `content-length: ${String(Buffer.byteLength(body))}`,
    ...[...headers].map(([name, value]) => `${name}: ${value}`),
  ];
  // A client that hangs up first is no fault of ours.
  socket.on('error', () => undefined);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}
