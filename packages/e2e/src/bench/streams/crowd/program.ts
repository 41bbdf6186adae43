// The clients' own process. Started by crowd/crowd.ts, spoken to over IPC.
import { churn, type ChurnOrder } from './churn.ts';
import { createGathering, type Guest, type Heard } from './gathering.ts';

/** What the clients are told to do, one thing at a time; only a round of listening ends by itself. */
export type ToCrowd =
  | { readonly kind: 'join'; readonly port: number; readonly guests: readonly Guest[] }
  | { readonly kind: 'listen'; readonly events: number; readonly patienceMs: number }
  | { readonly kind: 'keep'; readonly members: number }
  | { readonly kind: 'churn'; readonly order: ChurnOrder };

export type FromCrowd =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'joined'; readonly sample: string }
  | { readonly kind: 'listening' }
  | { readonly kind: 'heard'; readonly heard: Heard }
  | { readonly kind: 'kept' }
  | { readonly kind: 'churned' };

const tell = (message: FromCrowd): void => void process.send?.(message);

function fail(why: unknown): void {
  console.error(why instanceof Error ? (why.stack ?? why.message) : String(why));
  process.exit(1);
}

const gathering = createGathering(fail);

async function obey(order: ToCrowd): Promise<void> {
  switch (order.kind) {
    case 'join':
      return tell({ kind: 'joined', sample: await gathering.join(order.port, order.guests, reported(500)) });
    case 'listen': {
      const heard = gathering.listen(order.events, order.patienceMs);
      tell({ kind: 'listening' });
      return tell({ kind: 'heard', heard: await heard });
    }
    case 'keep':
      await gathering.keep(order.members);
      return tell({ kind: 'kept' });
    case 'churn':
      await churn(order.order, reported(1_000));
      return tell({ kind: 'churned' });
  }
}

/** Not every step is worth a message. */
function reported(step: number): (done: number) => void {
  let told = 0;
  return (done) => {
    if (done - told < step) return;
    told = done;
    tell({ kind: 'progress', done });
  };
}

process.on('message', (order: ToCrowd) => {
  obey(order).catch(fail);
});
process.on('disconnect', () => process.exit());
