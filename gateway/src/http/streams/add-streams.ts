import type { Logger } from '@tally/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../identity/authenticate.ts';
import { createOccupancy } from '../../limits/occupancy.ts';
import type { GatewayTelemetry } from '../../telemetry.ts';
import { createSocketTelemetry } from '../socket-telemetry.ts';
import { createSocketHub } from '../sockets/hub.ts';
import { startSweep } from '../sweep.ts';
import { formats } from './formats.ts';
import { streamProtocolOf, type ResponseProtocol } from './negotiate.ts';
import { OpenResponse } from './open-response.ts';
import { createOpening } from './opening.ts';
import { readCall } from './read-call.ts';
import type { Room } from './room.ts';
import { enter } from './stay.ts';
import type { StreamsOptions } from './stream-options.ts';
import { turnedAway } from './turned-away.ts';

/** The three protocols that carry streams. Disposed of, it stops its timer; whoever is still there has been cut. */
export interface Streams extends Disposable {
  /** Answers a request that asks for a stream; `null`: it asks for none. */
  answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | null;
  /** Takes nobody any more, and closes sockets that have no stream with 1001, now or as soon as they have none. */
  refuse(): void;
  /** Closes all sockets with 1001. */
  closeSockets(): void;
  /** Ends closing handshakes that clients have not finished. */
  cutSockets(): void;
}

/** Adds WebSocket upgrades to a server, and gives what answers requests for streams at the same path. */
export function addStreams(
  app: FastifyInstance,
  options: StreamsOptions & {
    readonly authenticate: Authenticate;
    readonly telemetry: GatewayTelemetry;
    readonly deadlineMs: number;
    readonly trustedProxies: number;
    readonly logger: Logger;
  },
): Streams {
  const { telemetry, deadlineMs, trustedProxies, logger } = options;
  let draining = false;
  const sweep = startSweep(options.limits);
  const room: Room = {
    ...options,
    opening: createOpening({ telemetry, deadlineMs, logger }),
    occupancy: createOccupancy(options.limits),
    sweep,
    telemetry: createSocketTelemetry(),
    draining: () => draining,
  };
  const hub = createSocketHub(room, trustedProxies);
  app.server.on('upgrade', (request, socket, head) => {
    hub.upgrade(request, socket, head);
  });

  return {
    answer(request, reply) {
      const protocol = streamProtocolOf(request.headers.accept);
      return protocol === null ? null : answer(room, protocol, request, reply);
    },
    refuse() {
      draining = true;
      hub.closeIdle();
    },
    closeSockets() {
      hub.closeAll();
    },
    cutSockets() {
      hub.cut();
    },
    [Symbol.dispose]() {
      sweep[Symbol.dispose]();
    },
  };
}

async function answer(room: Room, protocol: ResponseProtocol, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { headers, ip: address } = request;
  const response = new OpenResponse(reply, formats[protocol], room);
  const opened = await room.opening({ headers, address, leaving: response.leaving }, async (scope) => {
    if (room.draining()) throw turnedAway('draining');
    const call = readCall(request);
    const stay = enter(room, address);
    reply.raw.once('close', () => {
      stay.leave();
    });
    const authenticated = await room.authenticate(headers.authorization);
    scope.caller = authenticated.caller;
    stay.identify(authenticated, (reason) => {
      response.expire(reason, scope.facts.traceId);
    });
    return await room.open({ ...call, caller: authenticated.caller, address, facts: scope.facts, protocol }, response);
  });
  response.settle(opened);
  return reply;
}
