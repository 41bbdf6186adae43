import { runApp } from '@tally/runtime';
import { startOrders } from './app.ts';
import { readOrdersConfig } from './config.ts';

await runApp({ name: 'orders', environment: process.env, start: (logger) => startOrders(readOrdersConfig(process.env), { logger }) });
