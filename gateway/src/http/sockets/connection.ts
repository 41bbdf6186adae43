import type { Socket } from 'node:net';
import type { Caller } from '@tally/identity';
import { GraphQLError } from 'graphql';
import type { ConnectionInitMessage, Server, SubscribePayload, WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Authenticated, Presence } from '../../identity/presences.ts';
import type { Sink, Stream } from '../../subscriptions/stream.ts';
import type { Opened } from '../streams/opening.ts';
import type { Newcomer } from '../sweep.ts';
import { authorizationIn } from './authorization-in.ts';
import { closeCodes } from './close-codes.ts';
import { identify } from './identify.ts';
import { Operation, type Closing, type OperationHost } from './operation.ts';
import type { ProtocolPeer } from './protocol.ts';
import type { SocketRoom } from './socket-room.ts';
import { parsed, streamRequest } from './messages.ts';
import { Wire, type WireOwner } from './wire.ts';

const anonymous: Caller = { kind: 'anonymous' };
const pong = '{"type":"pong"}';

/** Characters of the id that a client gives a subscription. */
const longestId = 256;

/**
 * One socket. *Greeting*: open, its `connection_init` is awaited for `initMs`. *Identifying*: the token is checked. *Identified*: acknowledged;
 * subscriptions come and go. *Over*, whatever ended it: its streams are closed, its places given back, nothing is written or read.
 *
 * Fields instead of closures, since there is one per subscriber.
 */
export class Connection implements ProtocolPeer, ProtocolSocket, OperationHost, WireOwner, Newcomer {
  readonly protocol: string;
  readonly #room: SocketRoom;
  readonly #address: string;
  readonly #wire: Wire;
  readonly #operations = new Set<Operation>();
  /** Tells graphql-ws the end; it may refuse a socket before there is one. */
  #closed: ReturnType<Server<ProtocolPeer>['opened']> | null = null;
  /** Operations that were refused room, first come first. */
  #waiting: Set<Operation> | null = null;
  #receive: ((text: string) => Promise<void>) | null = null;
  #state: 'greeting' | 'identifying' | 'identified' | 'over' = 'greeting';
  #caller = anonymous;
  #presence: Presence | null = null;
  #renewing = false;

  constructor(ws: WebSocket, net: Socket, address: string, room: SocketRoom) {
    this.protocol = ws.protocol;
    this.#room = room;
    this.#address = address;
    this.#wire = new Wire(ws, net, room, this);
  }

  begin(protocol: Server<ProtocolPeer>): void {
    const { connections, sweep, telemetry } = this.#room;
    connections.add(this);
    sweep.expect(this);
    telemetry.opened();
    this.#closed = protocol.opened(this, this);
  }

  get stalled(): boolean {
    return this.#wire.stalled;
  }

  get idle(): boolean {
    return this.#operations.size === 0;
  }

  onMessage(receive: (text: string) => Promise<void>): void {
    this.#receive = receive;
  }

  message(text: string): void {
    // Parsed here: what graphql-ws is handed it keeps for as long as a subscription lives, and it takes parsed messages too.
    this.#receive?.(parsed(text) as string).catch((error: unknown) => {
      this.#room.logger.error({ err: error }, 'a socket failed');
      this.#room.telemetry.rejected('internal');
      this.close(closeCodes.internal, 'Internal server error');
    });
  }

  async greet(params: ConnectionInitMessage['payload']): Promise<boolean> {
    const { sweep, occupancy, presences, telemetry } = this.#room;
    sweep.arrived(this);
    this.#state = 'identifying';
    const identified = await identify(this.#room, authorizationIn(params));
    if (this.#isOver()) return false;
    if (!identified.ok) {
      telemetry.rejected('forbidden');
      this.close(identified.closeCode, identified.reason);
      return false;
    }
    const { authenticated } = identified;
    if (!occupancy.identify(authenticated.caller)) {
      telemetry.rejected('caller');
      this.close(closeCodes.tryAgainLater, 'Too many sockets');
      return false;
    }
    this.#caller = authenticated.caller;
    this.#state = 'identified';
    if (this.#caller.kind === 'anonymous') return true;
    const presence = presences.enter(authenticated, (reason) => {
      this.close(closeCodes.forbidden, reason === 'token_expired' ? 'Token expired' : 'Session ended', reason);
    });
    if (this.#isOver()) presence.leave();
    else this.#presence = presence;
    return !this.#isOver();
  }

  async onPing(payload: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    const authorization = authorizationIn(payload);
    if (authorization !== undefined && this.#state === 'identified' && !this.#renewing) {
      this.#renewing = true;
      await this.#renew(authorization);
      this.#renewing = false;
    }
    this.send(pong);
  }

  admit(id: string, payload: SubscribePayload): Operation | GraphQLError {
    // Every result repeats it.
    if (id.length > longestId) return new GraphQLError('The id is too long.', { extensions: { code: 'LIMIT_EXCEEDED' } });
    if (this.#operations.size >= this.#room.limits.subscriptionsPerSocket) {
      return new GraphQLError('Too many subscriptions on one socket.', { extensions: { code: 'LIMIT_EXCEEDED' } });
    }
    const operation = new Operation(this, id, payload);
    this.#operations.add(operation);
    return operation;
  }

  open(payload: SubscribePayload, sink: Sink, leaving: AbortController): Promise<Opened<Stream>> {
    return this.#room.opening({ headers: {}, address: this.#address, leaving }, (scope) => {
      scope.caller = this.#caller;
      return this.#room.open(streamRequest(payload, { caller: this.#caller, address: this.#address, facts: scope.facts }), sink);
    });
  }

  deliver(operation: Operation, payload: Buffer): boolean {
    const flows = this.#wire.next(operation.id, payload);
    if (!flows) (this.#waiting ??= new Set()).add(operation);
    return flows;
  }

  flows(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    for (const operation of waiting ?? []) {
      if (this.stalled) (this.#waiting ??= new Set()).add(operation);
      else operation.resume();
    }
  }

  forget(operation: Operation): void {
    this.#operations.delete(operation);
    this.#waiting?.delete(operation);
    if (this.idle && this.#room.draining() && !this.#isOver()) this.shutDown();
  }

  late(): void {
    this.#room.telemetry.rejected('init_timeout');
    this.close(closeCodes.initTimeout, 'Connection initialisation timeout');
  }

  shutDown(): void {
    this.close(closeCodes.goingAway, 'Going away', 'shutdown');
  }

  lost(closing: Closing): void {
    this.#end(closing, 1006, '');
  }

  send(text: string): void {
    this.#wire.send(text);
  }

  close(code = 1000, reason = '', closing: Closing = 'client'): void {
    this.#end(closing, code, reason);
    this.#wire.close(code, reason);
  }

  async #renew(authorization: string): Promise<void> {
    const identified = await identify(this.#room, authorization);
    if (this.#isOver()) return;
    // While nobody can be asked for the key, the old token goes on.
    if (!identified.ok && identified.closeCode === closeCodes.tryAgainLater) return;
    if (identified.ok && this.#isRenewedBy(identified.authenticated)) this.#caller = identified.authenticated.caller;
    else this.close(closeCodes.forbidden, 'Forbidden');
  }

  #isRenewedBy(fresh: Authenticated): boolean {
    return this.#presence === null ? fresh.caller.kind === 'anonymous' : this.#presence.renew(fresh);
  }

  /** A method, so that no narrowing outlives an `await`. */
  #isOver(): boolean {
    return this.#state === 'over';
  }

  #end(closing: Closing, code: number, reason: string): void {
    if (this.#isOver()) return;
    this.#state = 'over';
    const { connections, sweep, occupancy, telemetry } = this.#room;
    connections.delete(this);
    sweep.arrived(this);
    for (const operation of [...this.#operations]) operation.close(closing);
    this.#presence?.leave();
    occupancy.leave(this.#address, this.#caller);
    telemetry.closed();
    void this.#closed?.(code, reason);
  }
}
