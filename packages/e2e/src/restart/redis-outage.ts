import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@tally/testkit';
import { limitHolds } from './limiter.ts';
import { allSay } from './readiness.ts';
import { seconds, type Stage } from './stage.ts';

const noticePatienceMs = 15_000;

/**
 * Takes Redis away while buyers go on, brings it back empty, and empties it once more.
 *
 * @returns milliseconds from its first answer until all who use it said that it is there.
 */
export async function redisAway(stage: Stage): Promise<number> {
  const { system, graphs, timeline, pace, bystander, say, fail } = stage;
  const users = system.apps.processes.filter(({ name, app }) => app === 'gateway' || name === 'products-api');
  const check = async (title: string, shared: boolean): Promise<void> => {
    const wrong = await limitHolds(graphs, await bystander(), shared);
    if (wrong !== null) fail(`limit of checkouts ${title}: ${wrong}`);
  };
  const allNotice = (state: 'ok' | 'down') => eventually(() => allSay(users, 'redis', state), { timeoutMs: noticePatienceMs });

  timeline.enter('redis');
  await check('with Redis', true);
  await system.redis.stop();
  const goneAt = performance.now();
  await allNotice('down');
  say(`Redis is stopped; gateways and products say so after ${seconds(performance.now() - goneAt)}, and are ready`);
  await check('without Redis', false);
  await pause(Math.max(0, pace.redisAwayMs - (performance.now() - goneAt)));
  await system.redis.start();
  const answersAt = performance.now();
  await allNotice('ok');
  const recoveryMs = performance.now() - answersAt;
  say(`Redis is back, empty; all use it again after ${seconds(recoveryMs)}`);
  await check('after Redis came back', true);
  await pause(pace.breathMs);
  await flush(system.redis.port);
  say('Redis is flushed');
  await check('after Redis was flushed', true);
  await pause(pace.breathMs);
  return recoveryMs;
}

async function flush(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write('FLUSHALL SYNC\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (!answer.toString().startsWith('+OK')) throw new Error(`Redis answers FLUSHALL with ${answer.toString().trim()}`);
}
