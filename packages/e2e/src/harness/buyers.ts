import { randomBytes } from 'node:crypto';
import type { Graph } from '../client/graph.ts';
import { type openTokens } from './shoppers.ts';
import { createWebSocketStreams, type WebSocketStreams } from '../streams/websocket.ts';
import { seedUserId } from '../../../../prisma/users/seed.ts';

/** Which of the two gateways. */
export type GatewayIndex = 0 | 1;

export const otherGateway = (index: GatewayIndex): GatewayIndex => (index === 0 ? 1 : 0);

/** A seeded account that buys. */
export interface Buyer {
  readonly number: number;
  readonly id: string;
  readonly token: string;
  /** Where this buyer goes first. */
  readonly home: GatewayIndex;
  readonly goodCard: string;
  readonly badCard: string;
  /** A socket at each gateway, opened when needed. */
  readonly streams: readonly [WebSocketStreams, WebSocketStreams];
}

const firstBuyer = 100;

/** Somebody else's number than that of any buyer. */
export const bystander = (index: number): number => firstBuyer - 1 - index;

/** Buyers with a card that is good and one that is declined; half of them at home at each gateway. */
export async function openBuyers(
  graphs: readonly [Graph, Graph],
  tokenOf: Awaited<ReturnType<typeof openTokens>>,
  count: number,
): Promise<readonly Buyer[]> {
  const buyers: Buyer[] = [];
  for (let index = 0; index < count; index++) {
    const number = firstBuyer + index;
    const token = await tokenOf(number);
    const home: GatewayIndex = index % 2 === 0 ? 0 : 1;
    const addCard = async (card: string): Promise<string> => {
      const input = { provider: 'simulator', token: card, makeDefault: card === 'tok_ok' };
      const { paymentMethodAdd } = await graphs[home].ask('PaymentMethodAdd', { input }, { token });
      if (paymentMethodAdd.paymentMethod === null) throw new Error(`no card ${card}: ${JSON.stringify(paymentMethodAdd.userErrors)}`);
      return paymentMethodAdd.paymentMethod.id;
    };
    const goodCard = await addCard('tok_ok');
    const badCard = await addCard('tok_declined');
    const localAddress = ownAddress(index);
    const streamsAt = (graph: Graph): WebSocketStreams =>
      createWebSocketStreams({ url: graph.url, token, localAddress: () => localAddress });
    buyers.push({ number, id: seedUserId(number), token, home, goodCard, badCard, streams: [streamsAt(graphs[0]), streamsAt(graphs[1])] });
  }
  return buyers;
}

const salt = randomBytes(1)[0] ?? 0;

/** Buyers come from addresses of their own where this machine has many: all of 127.0.0.0/8 on Linux. */
export const ownAddress = (index: number): string | undefined =>
  process.platform === 'linux' ? `127.${String(1 + (salt % 250))}.${String(1 + (index >> 7))}.${String(1 + (index & 127))}` : undefined;
