import { runApp } from '@tally/runtime';
import { startGateway } from './app.ts';
import { readGatewayConfig } from './config.ts';

await runApp({
  name: 'gateway',
  environment: process.env,
  start: (logger) => startGateway(readGatewayConfig(process.env), { logger }),
});
