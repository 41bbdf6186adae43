import { runApp } from '@tally/runtime';
import { startPaymentSimulator } from './app.ts';
import { readConfig } from './config.ts';

await runApp({
  name: 'payment-simulator',
  environment: process.env,
  async start(logger) {
    const simulator = await startPaymentSimulator({ ...readConfig(process.env), logger });
    logger.info({ url: simulator.url }, 'ready');
    return simulator;
  },
});
