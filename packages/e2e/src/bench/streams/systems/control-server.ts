// The control's own process: a WebSocket server and nothing else. Started by systems/control.ts, spoken to over IPC.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Happening } from './system.ts';

/** What the control is told: the frame to send, once, and then what happens. */
export type ToControl =
  { readonly kind: 'frame'; readonly text: string } | { readonly kind: 'happened'; readonly happenings: readonly Happening[] };

export interface FromControl {
  readonly kind: 'listening';
  readonly port: number;
}

const listeners = new Map<string, Set<WebSocket>>();
let [before, after] = ['', ''];
const frameOf = (sequence: number): Buffer => Buffer.from(`${before}${String(sequence)}${after}`);

function tell({ key, sequence }: Happening): void {
  const frame = frameOf(sequence);
  for (const socket of listeners.get(key) ?? []) socket.send(frame, { binary: false });
}

function listen(socket: WebSocket, key: string): void {
  const others = listeners.get(key) ?? new Set();
  listeners.set(key, others.add(socket));
  socket.on('close', () => {
    others.delete(socket);
    if (others.size === 0) listeners.delete(key);
  });
  socket.send(frameOf(1), { binary: false });
}

process.on('message', (message: ToControl) => {
  if (message.kind === 'happened') message.happenings.forEach(tell);
  else [before = '', after = ''] = message.text.split(/(?<="sequence":)\d+/);
});
process.on('disconnect', () => process.exit());

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, clientTracking: false, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const { type, payload } = JSON.parse(data.toString()) as { type: string; payload?: { variables?: Record<string, unknown> } };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type === 'subscribe') listen(socket, String(Object.values(payload?.variables ?? {})[0]));
  });
});
await once(server, 'listening');
process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port } satisfies FromControl);
