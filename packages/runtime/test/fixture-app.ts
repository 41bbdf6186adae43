import { crashPoint } from '@tally/kernel';
import { runApp, StartupError, type Environment } from '../src/index.ts';

// A process that behaves as its first argument says; `app-process.ts` starts it. Its environment variables are the second argument.
const [, , behaviour, environment = '{}', shutdownMs = '20000'] = process.argv;

const say = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${text}\n`, () => {
      resolve();
    });
  });

/** The port, socket or pool that keeps an app's process alive. */
const aLivingPart = () => setInterval(() => undefined, 60_000);

await runApp({
  name: 'fixture',
  environment: JSON.parse(environment) as Environment,
  shutdownMs: Number(shutdownMs),
  async start(logger) {
    if (behaviour === 'is misconfigured') throw new StartupError('PORT is not valid: choose another');
    if (behaviour === 'fails to start') throw new TypeError('the first line\nthe second line');
    if (behaviour === 'starts slowly') {
      await say('starting');
      await new Promise((resolve) => process.once('SIGTERM', resolve));
    }
    const part = aLivingPart();
    if (behaviour === 'reaches a crash point') {
      crashPoint('relay.append.before');
      await say('once');
      crashPoint('relay.append.after');
      crashPoint('relay.append.before');
      await say('twice');
    }
    const fail = (): never => {
      throw new Error('thrown by nobody in particular');
    };
    if (behaviour === 'throws later') setImmediate(fail);
    if (behaviour === 'rejects later') setImmediate(() => void Promise.resolve().then(fail));
    logger.info({}, 'started');
    await say('started');
    const lost = Promise.reject(new Error('records were deleted\nbefore they were read'));
    lost.catch(() => undefined);
    return {
      ended: behaviour === 'loses a part' ? lost : null,
      async [Symbol.asyncDispose]() {
        await say('disposing');
        if (behaviour === 'stops for ever') await new Promise(() => undefined);
        if (behaviour === 'fails to stop') throw new Error('a part refused to stop');
        clearInterval(part);
        await say('disposed');
      },
    };
  },
});
