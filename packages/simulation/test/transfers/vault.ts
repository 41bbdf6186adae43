import { lockedSequence, outgoing, topicOf } from '@tally/events';
import { createMemoryTransact, type RunningProcess, type SimulatedApp, type Transaction } from '../../src/index.ts';
import type { Guards } from './bank.ts';
import { accounts } from './tables.ts';

/** All money that arrives. Commands of different orders meet at the few boxes. */
export const boxes = 3;

const ofVault = (open: Transaction) => ({
  async deposit(box: string, amount: number) {
    await open.statement();
    const row = await open.lock(accounts, box);
    if (row === undefined) throw new Error(`there is no box ${box}`);
    open.put(accounts, { ...row, balance: row.balance + amount });
  },
});

/** Takes in what the bank sends, and says so. */
export function createVault(process: RunningProcess, guards: Guards): SimulatedApp {
  const transact = createMemoryTransact({ process, consumer: 'vault', stores: ofVault });
  return {
    name: 'vault',
    consumers: [
      {
        group: 'vault',
        topics: [topicOf('products.commands.v1')],
        handlers: {
          ReserveStock: ({ id, key, data: { commandId, order, lines } }) =>
            transact(async ({ inbox, deposit, outbox }) => {
              if (guards.inbox && !(await inbox.firstSight(id))) return;
              for (const { quantity } of lines) await deposit(`box ${quantity % boxes}`, quantity);
              await outbox.append(
                outgoing('products.stock.v1', 'StockReserved', { key, sequence: lockedSequence(1), data: { commandId, order } }),
              );
            }),
        },
      },
    ],
    jobs: {},
  };
}
