import { openSql } from '@tally/testkit';
import { createGraph } from '../client/graph.ts';
import { createPeople } from '../client/people.ts';
import type { History } from '../harness/history.ts';
import { createRandom } from '@tally/kernel';
import { openTokens } from '../harness/shoppers.ts';
import { stockedVariants } from '../harness/variants.ts';
import { gatherAudience } from './audience.ts';
import { bystander, openBuyers } from '../harness/buyers.ts';
import { keepCounts } from './counts.ts';
import { startLoad } from './load.ts';
import { watchPrices } from './prices.ts';
import type { Pace, Stage } from './stage.ts';
import type { KafkaSystem } from '../harness/processes-kafka.ts';
import { createTimeline } from './timeline.ts';

interface StageOptions {
  readonly seed: number;
  readonly rate: number;
  readonly pace: Pace;
  readonly history: History;
  readonly say: (line: string) => void;
  readonly fail: (fault: string) => void;
}

const sold = 60;
const repriced = 20;
/** Purchases per minute of one buyer: the limit is 10. */
const perBuyer = 6;

/** Buyers, subscribers and price changes on a system whose seed has reached everybody. All begin at once. */
export async function openStage(system: KafkaSystem, options: StageOptions): Promise<Stage & AsyncDisposable> {
  const { seed, rate, pace, history, say, fail } = options;
  await using stack = new AsyncDisposableStack();
  const [first, second] = system.gateways;
  const graphs = [stack.use(createGraph(first)), stack.use(createGraph(second))] as const;
  const sql = stack.use(await openSql(system.databaseUrls.auditor));
  const variantIds = await stockedVariants(sql, sold + repriced);
  const random = createRandom(seed);
  const tokenOf = await openTokens(system.dataDir);
  const buyers = await openBuyers(graphs, tokenOf, Math.ceil((rate * 60) / perBuyer));
  say(`${String(buyers.length)} buyers`);
  const timeline = createTimeline();
  const audience = gatherAudience({
    buyers,
    gateways: system.gateways,
    variantIds: variantIds.slice(0, sold),
    random: createRandom(seed + 1),
  });
  stack.defer(() => audience.stop());
  const staff = await createPeople(graphs[0], system.keys.users).staff();
  const prices = watchPrices({
    graphs,
    staffToken: staff.token,
    variantIds: variantIds.slice(sold),
    random: createRandom(seed + 2),
    timeline,
  });
  stack.defer(() => prices.stop());
  const load = startLoad({
    graphs,
    buyers,
    variantIds: variantIds.slice(0, sold),
    random,
    rate,
    timeline,
    history,
    onAccepted: ({ orderId }, buyer) => {
      if (orderId !== null) audience.accepted(orderId, buyer);
    },
  });
  stack.defer(() => load.stop());
  let bystanders = 0;
  const owned = stack.move();
  return {
    system,
    graphs,
    timeline,
    sql,
    load,
    audience,
    prices,
    counts: keepCounts(system.apps.processes),
    pace,
    bystander: () => tokenOf(bystander(bystanders++)),
    say,
    fail,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
