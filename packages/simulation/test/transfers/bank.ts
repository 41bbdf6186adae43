import { lockedSequence, outgoing, topicOf } from '@tally/events';
import { newId, newShardedId } from '@tally/kernel';
import { createMemoryTransact, type RunningProcess, type SimulatedApp, type Transaction } from '../../src/index.ts';
import { accounts, transfers } from './tables.ts';

/** What may be left out, to see that it is missed. */
export interface Guards {
  readonly inbox: boolean;
  readonly outboxInTransaction: boolean;
  readonly markAfterAppend: boolean;
}
export const allGuards: Guards = { inbox: true, outboxInTransaction: true, markAfterAppend: true };

const ofBank = (open: Transaction) => ({
  async withdraw(account: string, amount: number) {
    await open.statement();
    const row = await open.lock(accounts, account);
    if (row === undefined || row.balance < amount) return false;
    open.put(accounts, { ...row, balance: row.balance - amount });
    return true;
  },
  async begin(account: string, amount: number) {
    await open.statement();
    const transfer = { order: newShardedId('ord', 1), commandId: newId('cmd'), account, amount, arrived: 0 };
    await open.insertNew(transfers, transfer);
    return transfer;
  },
  async arrive(order: string) {
    await open.statement();
    const row = await open.lock(transfers, order);
    if (row !== undefined) open.put(transfers, { ...row, arrived: row.arrived + 1 });
  },
});

/** Takes money from accounts and sends it to the vault. */
export function createBank(process: RunningProcess, guards: Guards) {
  const transact = createMemoryTransact({ process, consumer: 'bank', stores: ofBank });

  /** @returns the transfer's order, or `null` when there is too little. */
  async function send(client: string, key: string, account: string, amount: number): Promise<string | null> {
    const sent = await transact(async ({ idempotency, withdraw, begin, outbox }) => {
      const claimed = await idempotency.claim(client, 'send', key, `${account} ${amount}`);
      if (claimed !== 'claimed') return { order: claimed.result as string | null, commands: [] };
      if (!(await withdraw(account, amount))) return { order: null, commands: [] };
      const { order, commandId } = await begin(account, amount);
      const data = { commandId, order: { id: order }, lines: [{ variantId: newId('var'), quantity: amount }] };
      const command = outgoing('products.commands.v1', 'ReserveStock', { key: order, sequence: lockedSequence(1), data });
      if (guards.outboxInTransaction) await outbox.append(command);
      await idempotency.record(client, 'send', key, order);
      return { order, commands: guards.outboxInTransaction ? [] : [command] };
    });
    if (sent.commands.length > 0) await transact(({ outbox }) => outbox.append(...sent.commands));
    return sent.order;
  }

  const app: SimulatedApp = {
    name: 'bank',
    consumers: [
      {
        group: 'bank',
        topics: [topicOf('products.stock.v1')],
        handlers: {
          StockReserved: ({ id, data }) =>
            transact(async ({ inbox, arrive }) => {
              if (!guards.inbox || (await inbox.firstSight(id))) await arrive(data.order.id);
            }),
        },
      },
    ],
    jobs: {},
  };
  return { app, send };
}
