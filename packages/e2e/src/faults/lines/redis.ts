import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { allSay } from '../../restart/readiness.ts';
import { limitHolds } from '../../restart/limiter.ts';
import { mustCome } from '../until.ts';
import { signInLimitHolds } from '../sign-in-limit.ts';
import type { Line, Stage } from '../stage.ts';

const noticePatienceMs = 30_000;
const slowMs = 5_000;

/** Redis is gone, answers five seconds late, holds all its clients up, and forgets everything. */
export const f7: Line = {
  id: 'F7',
  title: 'Redis stopped, slow, paused, flushed',
  needs: 'kafka',
  expects: 'served',
  async play(stage) {
    const { kafka, redisProxy, traffic, quick } = stage;
    if (kafka === null || redisProxy === null) throw new RangeError('there is no Redis');
    const { redis, apps } = kafka;
    const users = apps.processes.filter(({ name, app }) => app === 'gateway' || name === 'products-api');
    const said = (state: string): Promise<void> =>
      mustCome(stage, `all who use Redis say that it is ${state}`, noticePatienceMs, () => allSay(users, 'redis', state));

    traffic.enter('F7 before');
    await limits(stage, true);
    traffic.enter('F7 stopped');
    await redis.stop();
    await said('down');
    await limits(stage, false);
    await pause(quick ? 2_000 : 10_000);
    await redis.start();
    await said('ok');
    traffic.enter('F7 back');
    await limits(stage, true);
    traffic.enter('F7 slow');
    redisProxy.delay(slowMs);
    await said('down');
    await limits(stage, false);
    await pause(quick ? 2_000 : 10_000);
    redisProxy.heal();
    await said('ok');
    traffic.enter('F7 paused');
    await tell(redis.port, `CLIENT PAUSE ${String(slowMs)} ALL`);
    await pause(slowMs + 1_000);
    await said('ok');
    traffic.enter('F7 flushed');
    await tell(redis.port, 'FLUSHALL SYNC');
    await limits(stage, true);
  },
};

/** Each limit counts over both gateways, or at each of them its stated share. */
async function limits({ counter, traffic, bystander, fail }: Stage, shared: boolean): Promise<void> {
  const checkout = await limitHolds(counter.graphs, await bystander(), shared);
  if (checkout !== null) fail(`${traffic.phase}: limit of checkouts ${checkout}`);
  const signIn = await signInLimitHolds(counter.graphs, shared);
  if (signIn !== null) fail(`${traffic.phase}: limit of sign-ins ${signIn}`);
}

async function tell(port: number, command: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (!answer.toString().startsWith('+OK')) throw new Error(`Redis answers ${command} with ${answer.toString().trim()}`);
}
